"""Tags that save work on every page must not show one reader what belongs to another."""

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from ce_platform.core.templatetags import kept as library
from ce_platform.core.templatetags.components import toc_items


def test_kept_piece_is_rendered_once_for_each_value_it_names() -> None:
    template = Template("{% load kept %}{% kept role %}{{ role }} {{ other }}|{% endkept %}")

    shown = [
        template.render(Context({"role": role, "other": number}))
        for number, role in enumerate(["office", "office", "learner", "office"])
    ]

    assert shown == ["office 0|", "office 0|", "learner 2|", "office 0|"]


def test_kept_piece_is_kept_for_each_language() -> None:
    template = Template("{% load kept %}{% kept %}{{ word }}{% endkept %}")

    with override("en-us"):
        english = template.render(Context({"word": "hand"}))
    with override("es"):
        spanish = template.render(Context({"word": "mano"}))

    assert (english, spanish) == ("hand", "mano")


def test_kept_piece_escapes_like_any_other() -> None:
    template = Template("{% load kept %}{% kept name %}{{ name }}{% endkept %}")

    for _ in range(2):
        assert template.render(Context({"name": "A & B"})) == "A &amp; B"


@pytest.mark.parametrize("inside", ["{% csrf_token %}", "{% if a %}{% csrf_token %}{% endif %}"])
def test_token_of_a_form_is_never_kept(inside: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="never kept"):
        Template("{% load kept %}{% kept %}<form>" + inside + "</form>{% endkept %}")


class Reason(forms.Form):
    reason = forms.CharField(help_text="Why?", initial="")
    name = forms.CharField(required=False)


def test_empty_field_is_rendered_once_and_a_filled_one_each_time() -> None:
    template = Template("{% load kept %}{% for f in forms %}{% kept_field f.reason %}{% endfor %}")
    library._empty_fields.clear()
    alike = [Reason(prefix="left-1"), Reason(prefix="left-12"), Reason(), Reason(auto_id="x-%s")]
    different = [Reason({"reason": "<b>"}), Reason({}), Reason(initial={"reason": "Moved"})]
    for _ in range(2):
        shown = template.render(Context({"forms": alike + different}))
        assert shown == "".join(each["reason"].as_field_group() for each in alike + different)
    assert len(library._empty_fields) == 3


def test_kept_pieces_do_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_VARIANTS", 3)
    template = Template("{% load kept %}{% kept number %}{{ number }}{% endkept %}")

    for number in range(10):
        assert template.render(Context({"number": str(number)})) == str(number)
    (node,) = template.nodelist.get_nodes_by_type(library.KeptNode)

    assert len(node._made) <= 3


def test_contents_mark_what_is_finished_current_and_locked() -> None:
    plain = {"is_finished": False, "is_current": False, "is_locked": False}
    items = [
        {**plain, "title": "Points & lines", "url": "/a/", "is_finished": True},
        {**plain, "title": "<Here>", "url": "/b/", "is_current": True},
        {**plain, "title": "Later", "url": "", "is_locked": True},
    ]

    assert toc_items(items) == (
        '<li class="toc-item is-finished"><a href="/a/">Points &amp; lines'
        '<span class="visually-hidden"> (finished)</span></a></li>'
        '<li class="toc-item is-current"><a href="/b/" aria-current="page">&lt;Here&gt;</a></li>'
        '<li class="toc-item is-locked"><span>Later</span></li>'
    )

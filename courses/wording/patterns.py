"""What a course may not assert: claims that nobody has shown, promises, unsafe instructions.

Each pattern names the claims it is about (their verdicts and sources are in the notes on topics
and claims of 2026-11-20), says why in a sentence for the author, and offers other words. How
phrases are written: `courses.wording.phrases`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Where words may stand without being asserted.
CLAIM: Final = "claim"
"""A block that examines a claim, with its verdict and at least one reference; or a sentence that
carries such a verdict with its reference."""
WRONG: Final = "wrong"
"""A wrong choice of a question, with a note that says so."""
QUOTED: Final = "quoted"
"""In quotation marks, in a sentence that speaks of the words."""
DO_NOT: Final = "do-not"
"""A block of what not to do, or when not to."""
TRADITION: Final = "tradition"
"""A block that shows “Tradition, not tested”, or a sentence of that grade with its reference."""
STANCE: Final = "stance"
"""A title that shows its stance, above a text that examines the claim."""
NEGATED: Final = "negated"
"""“No study shows that …”, “… has not been shown”."""
SO_CALLED: Final = "so-called"
EVERYWHERE: Final = frozenset({CLAIM, WRONG, QUOTED, DO_NOT, TRADITION, STANCE, NEGATED, SO_CALLED})


@dataclass(frozen=True)
class Facts:
    """What else a sentence has, for patterns that ask for it."""

    is_cited: bool
    has_number: bool
    words: frozenset[str]

    def has_any(self, *stems: str) -> bool:
        return any(word.startswith(stems) for word in self.words)


@dataclass(frozen=True)
class Pattern:
    id: str
    claims: tuple[str, ...]
    why: str
    instead: str
    phrases: tuple[str, ...]
    unless: str = ""
    """Words that make the sentence one about something else, as a group of a phrase."""
    unless_after: str = ""
    """Words that make what follows them a report and no instruction: “people rub their eyes”."""
    needs: str = ""
    """Words without which it is no claim about this work."""
    contexts: frozenset[str] = EVERYWHERE
    is_fine: Callable[[Facts], bool] | None = None
    """Whether the sentence says what it has to say with these words."""
    is_blocking: bool = False


def _names_its_study(facts: Facts) -> bool:
    return (
        facts.is_cited
        and facts.has_number
        and facts.has_any("trial", "random", "crossover", "review", "before", "control", "pilot")
    )


def _gives_minutes(facts: Facts) -> bool:
    return facts.has_number and facts.has_any("minute")


def _is_cited(facts: Facts) -> bool:
    return facts.is_cited


_ILL: Final = (
    "migraine*|headache*|pms|pmdd|premenstrual|sinusitis|congestion|allerg*|palsy|palsies|tmj|tmd"
    "|neuralgia|insomnia|depression|hypertension|cancer*|tumor*|tumour*|carcinoma*|melanoma*"
    "|lymphoma*|arthritis|asthma|diabetes|hay"
)
_ORGANS: Final = (
    "organ|organs|liver|kidney*|stomach|heart|lung|lungs|spleen|intestine*|bladder|gallbladder"
    "|hormone*|digestion"
)
_HANDS: Final = "massag*|strok*|knead*|tapp*|touch*|rub*|gua|roller*|technique*|press*"
_NEEDLES: Final = "botox|toxin|toxins|botulinum|filler*|facelift*|surgery|surgeries|injection*"
_PRESS: Final = "press|push|massage|rub|knead|squeeze|dig"
_PRESSING: Final = "pressing|pushing|massaging|rubbing|kneading|squeezing"
_STOP: Final = "stop|reduce|discontinue|halve|quit|lower"
_MEDICINE: Final = "medicine|medicines|medication|medications|pill|pills|tablets|prescription*"
_BY: Final = "by|keep|finish|begin|start|continue|try|then|with"


def _unsafe(target: str) -> tuple[str, ...]:
    """Every way to tell somebody to press there."""
    first = target.split()[0]
    return (
        f"{_PRESS} ~on {target}",
        f"{_BY} {_PRESSING} ~on {target}",
        f"apply|use|give|add|put ~3 pressure ~on {target}",
        f"{first} may|can|should|must ~1 be pressed|massaged|rubbed|kneaded|squeezed",
    )


PATTERNS: Final = (
    Pattern(
        "P01",
        ("C05", "C13"),
        "No toxin has been named or measured that massage removes; liver and kidneys do that work.",
        "a calm, light technique",
        (
            "detox*",
            "flush*|releas*|remov*|drain*|eliminat*|expel*|purg*|cleans*|clear* "
            "<> toxins|toxic|waste|wastes|impurit*",
            "flush*|releas*|remov*|drain*|eliminat*|expel* ~the toxin",
            "rid ~2 toxins|waste|impurit*",
        ),
        unless="botulinum|injector*|bin",
    ),
    Pattern(
        "P02",
        ("C05",),
        "Water after a massage has not been shown to carry anything away.",
        "have water if you are thirsty",
        (
            "drink* ~3 water ~4 flush*|wash*|remov*|clear*|rid|rinse*",
            "water ~2 after ~4 flush*|wash*|remov*|clear*|rinse*",
        ),
    ),
    Pattern(
        "P03",
        ("C09",),
        "Lungs load the blood with oxygen; a flush of the skin is not oxygenation.",
        "the skin may look pinker for some minutes",
        ("oxygenat*", "bring*|deliver*|boost*|increas*|improv*|send*|more|extra ~2 oxygen"),
        unless="lung*|breath*|hemoglobin|haemoglobin",
    ),
    Pattern(
        "P04",
        ("C01", "C26"),
        "Nothing compares hands with a medical procedure, and dermatologists call them not "
        "comparable.",
        "pleasant care, and not a substitute for a medical procedure",
        (
            f"natural* ~1 {_NEEDLES}",
            f"needle free ~2 {_NEEDLES}",
            f"alternative* ~1 to|for ~2 {_NEEDLES}",
            f"better|safer|cheaper ~1 than ~2 {_NEEDLES}",
            f"like|replaces|replace ~1 {_NEEDLES}",
            f"instead of ~2 {_NEEDLES}",
            f"{_NEEDLES} alternative*|substitute*",
            f"{_NEEDLES} without ~1 needle*|surgery|scalpel|knife",
            "facelift* massage|effect*|result*",
            "non surgical ~1 facelift*|lift*",
        ),
    ),
    Pattern(
        "P05",
        ("C25",),
        "A scare is no argument: toxin weakens chosen muscles for a while, and that is all to say.",
        "a neutral description of the procedure",
        (
            "botox|toxin|botulinum ~4 unnatural*|poison*|freezes|frozen|dangerous|paralyz*"
            "|paralys*",
            "unnatural*|dangerous ~2 botox|toxin|botulinum",
        ),
    ),
    Pattern(
        "P06",
        ("C27", "C28"),
        "Nerve endings release acetylcholine; massage is no source of it.",
        "leave the sentence out",
        ("acetylcholine <> produc*|releas*|stimulat*|mak*|boost*|increas*|rais*",),
        needs=_HANDS,
    ),
    Pattern(
        "P07",
        ("C36", "C38"),
        "Changes were seen in samples under devices, never under hands.",
        "devices have shown changes in samples (inside a claim block)",
        (
            "boost*|build*|rebuild*|stimulat*|increas*|restor*|promot*|trigger*|activat*|produc* "
            "<> collagen|elastin|fibroblast*|hyaluronic|intercellular",
            "boost*|build*|rebuild*|stimulat*|increas*|restor* ~ ground substance",
        ),
    ),
    Pattern(
        "P08",
        ("C32", "C35"),
        "No trial of hands found a wrinkle gone or prevented.",
        "may look smoother for a short time",
        (
            "remov*|eras*|eliminat*|revers*|prevent*|banish*|cure*|reduc*|diminish* "
            "<> wrinkle*|jowl*|crow's|creases",
            "remov*|eras*|eliminat*|revers*|prevent*|banish*|reduc*|diminish* ~the "
            "frown|laugh|expression|smile|worry|age|nasolabial|forehead ~1 line|lines|fold|folds",
            "eras*|eliminat*|revers*|banish* ~the lines|folds",
            "get*|rid ~1 of ~the wrinkle*|lines|jowl*|folds",
            "smooth* ~1 away|out ~the wrinkle*|lines",
        ),
    ),
    Pattern(
        "P09",
        ("C33", "C34", "C51"),
        "No lift of brow, lid, cheek or jaw by hands has been measured.",
        "name the stroke: an upward glide",
        (
            "lift*|rais*|tighten* ~the brow*|eyebrow*|eyelid*|lid|lids|cheek|cheeks|forehead|face"
            "|jawline|neckline|skin|facelift*",
            "brow*|eyebrow*|eyelid*|skin|cheek|face|jawline ~1 tighten*|lifting",
            "lifting|tightening|firming|lift ~1 effect*|result*",
        ),
        unless="frontalis|levator|zygomatic*|occipitofrontalis|ask|asks|jar|bottle|towel*|cradle"
        "|thumb|thumbs|pinch*|head",
    ),
    Pattern(
        "P10",
        ("C12", "C32", "C56"),
        "Massage has not been shown to tone, train or firm a muscle or the skin of the face.",
        "relaxes, or softens for a while",
        (
            "tones|toning|strengthen*|firms|firming|train|trains|training ~the muscle*",
            "tone the|your|facial ~the muscle*|face|skin|cheeks",
            "tones|toning|firms|firming|tones ~the skin|face|neck|cheeks|jawline",
            "muscle|facial|skin toning|firming",
            "firmer|firmed ~1 skin|face|muscle*",
            "skin ~2 firmer",
        ),
    ),
    Pattern(
        "P11",
        ("C15", "C32", "C53"),
        "Looks change for minutes to hours; nothing makes a face younger.",
        "how it feels; a technique’s own name only inside a tradition block or as “so-called”",
        (
            "rejuvenat*",
            "anti ageing|aging|wrinkle*|age",
            "antiageing|antiaging|antiwrinkle",
            "look*|appear*|feel* ~1 younger|youthful",
            "younger|youthful ~1 look*|looking|skin|face|appearance|complexion",
            "years off|younger",
            "turn* back ~2 clock|time|years",
            "fountain of youth",
        ),
    ),
    Pattern(
        "P12",
        ("C51",),
        "No lasting change of shape or look has been shown.",
        "no lasting change has been shown",
        (
            "permanent*|lasting ~1 result*|effect*|change*|lift*|improvement*|benefit*",
            "long term|lasting ~1 result*|effect*|change*|lift*|improvement*|benefit*",
            "sculpt*|reshap*|slim*|contour* ~the face|jaw|jawline|cheek*|chin|features",
            "v shape*|line ~1 face",
        ),
    ),
    Pattern(
        "P13",
        ("C53",),
        "Nothing shows that hands renew skin or cells.",
        "leave the sentence out",
        (
            "renew*|regenerat* ~the skin|cell*|tissue*|face",
            "skin|cell|cells|cellular|tissue renewal|regenerat*",
        ),
    ),
    Pattern(
        "P14",
        ("C11",),
        "Some substances went in deeper in the laboratory and others less deep: it is no rule.",
        "spreads the product evenly",
        (
            "penetrat* ~2 deep*|better|further",
            "absorb* ~2 better|deeper|faster",
            "better|deeper|faster ~1 absorption|penetration",
            "driv*|push* ~the product*|cream*|oil|oils|serum*|ingredient* ~1 in|into|deep*",
        ),
    ),
    Pattern(
        "P15",
        ("C04",),
        "Rubbing can make acne and other skin disease worse; it is the clinician’s field.",
        "leave active areas out, and refer",
        (
            "clear|clears|clearing|treat|treats|treating|fight*|heal|heals|healing|cure|cures"
            "|curing|improv* ~the acne|pimple*|blemish*|rosacea|eczema|psoriasis|scar|scars",
            "help* ~1 against|with ~1 acne|pimple*|rosacea|eczema",
            "acne|rosacea|eczema ~1 treatment|cure|remedy",
            "treatment|cure|remedy ~1 for|of|against ~the acne|rosacea|eczema|scars",
        ),
    ),
    Pattern(
        "P16",
        ("C06",),
        "Shadow and pigment under the eye do not change by touch; puffiness may, for a while.",
        "may ease puffiness",
        (
            "brighten*|treat*|eras*|remov*|banish*|lighten*|reduc*|fad* ~the dark circle*",
            "brighten*|eras*|remov*|banish*|reduc*|treat* ~the under ~1 eye bag*|bags|circle*",
            "brighten*|eras*|remov*|banish* ~the eye bag*|bags|area|contour*",
            "brighten* ~the eyes|eye",
        ),
    ),
    Pattern(
        "P17",
        ("C07", "C08"),
        "Blood flow rose for minutes in the skin that was worked, in small studies; elsewhere and "
        "longer is not shown.",
        "say where, for how many minutes and in how many people",
        (
            "improv*|boost*|stimulat*|increas*|enhanc*|promot*|better ~the circulation",
            "improv*|boost*|stimulat*|increas*|enhanc*|promot*|better ~the blood ~1 flow"
            "|circulation|supply",
            "blood flowing|pumping",
        ),
        is_fine=_gives_minutes,
    ),
    Pattern(
        "P18",
        ("C10", "C31"),
        "What happens to the lymph of a healthy face under the hands has not been measured.",
        "drainage-style strokes",
        (
            "stimulat*|drain|drains|draining|mov*|unblock*|boost*|activat*|speed*|pump* ~the lymph"
            "|lymphatic|lymphatics",
            "clogged|blocked|congested|stagnant|sluggish ~1 lymph*",
        ),
        unless="duct|ducts|vessel*|valve*|trunk|trunks|breath*",
    ),
    Pattern(
        "P19",
        ("C17", "C58", "C65"),
        "Felt calm was measured. Reviews found hardly any effect on cortisol, and none on immunity "
        "was shown.",
        "people report feeling calmer",
        (
            "lower|lowers|lowering|lowered|reduc*|flush*|balanc*|decreas*|drop* ~the cortisol",
            "lower|lowers|lowering|lowered|reduc*|flush*|balanc*|decreas* ~the stress hormone*",
            "activat*|stimulat*|switch*|calm*|ton*|engag*|trigger* ~2 parasympathetic|vagus|vagal",
            "parasympathetic|vagus|vagal ~2 activat*|stimulat*|switch*",
            "boost*|strengthen*|improv*|support*|enhanc* ~the immun*",
        ),
    ),
    Pattern(
        "P20",
        ("C59", "C60", "C61", "C62"),
        "Treating illness is outside a massage license, and several boards refuse such courses.",
        "comfort for clients who also have this complaint",
        (
            "cure|cures|curing|cured|treat|treats|treating|heal|heals|healing|reliev*|prevent*"
            f"|remed*|fight* ~the {_ILL}",
            f"treatment|treatments|remedy|remedies|therapy|cure|relief ~1 for|of|from ~the {_ILL}",
            f"{_ILL} ~1 relief|remedy|cure|treatment|therapy",
            "cure|cures|treat|treats|treating|heal|heals|reliev* ~the anxiety disorder*",
            "clear|clears|clearing|unblock*|drain|drains ~the sinus*|nose",
        ),
    ),
    Pattern(
        "P21",
        ("C20",),
        "Balance of energy and organs is the language of a tradition, and nobody has tested it.",
        "the same inside a tradition block that names the tradition",
        (
            "balanc*|correct*|harmoniz*|harmonis*|unblock*|realign*|rebalanc* ~the energy|energies"
            f"|qi|ki|chi|meridian*|body|chakra*|{_ORGANS}",
            "correct* ~1 imbalance*",
            "energy|energies|qi|ki|chi ~1 balanced|balancing|unblocked|harmonized|harmonised",
        ),
    ),
    Pattern(
        "P22",
        ("C20",),
        "No effect of a point of the face on an organ or an illness was found.",
        "where the point lies, and what care it needs",
        (
            "@ ~4 treat|treats|treating|heal|heals|cure|cures|stimulat*|reliev*|strengthen*|help* "
            f"~the {_ORGANS}|{_ILL}|sinus*|immun*",
            "@ ~2 to|for ~1 clear*|treat*|reliev*|cure*|heal*|stimulat* ~the "
            f"{_ORGANS}|{_ILL}|sinus*|nose",
            "zone|zones|reflex*|area|areas ~2 mirror*|reflect*|correspond* ~3 organ|organs|liver"
            "|kidney*|stomach|heart|lungs",
            "face ~2 mirror*|reflect* ~3 organ|organs",
        ),
    ),
    Pattern(
        "P23",
        ("C20",),
        "No structure of the body was found that matches the meridians, and experts dispute places "
        "of points.",
        "a traditional map; locations vary",
        (
            "meridian*|acupoint* ~1 is|are ~2 channel*|nerve|nerves|vessel*|pathway*",
            "scientifically|clinically proven ~2 point*|acupoint*|meridian*",
            "exact ~1 location*|place* ~3 @",
            "@ ~3 exact ~1 location*|place*",
        ),
    ),
    Pattern(
        "P24",
        ("C19",),
        "Anma and shiatsu have a documented history; a secret art of the face has none.",
        "draws on Anma and shiatsu",
        (
            "ancient|age ~1 secret*",
            "secret|secrets ~1 of ~2 geisha*|samurai|empress*|emperor*|asia|orient|japan|japanese",
            "geisha*|samurai|empress*|japanese ~1 secret*",
            "passed|handed ~1 down ~4 centur*|generation*|ages",
        ),
    ),
    Pattern(
        "P25",
        ("C49",),
        "Force reaches the skin first, and hands move no bone of the skull.",
        "through the skin",
        (
            "work*|act|acts|acting|reach* ~2 bone|bones|fascia|muscle|muscles ~3 not ~3 skin",
            "realign*|reposition*|align* ~the bone|bones|skull|cranial|cranium",
            "mov*|shift* ~the bone|bones|skull|cranial|cranium|plates",
        ),
        # “… and not on skin” is the claim itself.
        contexts=EVERYWHERE - {NEGATED},
    ),
    Pattern(
        "P26",
        ("C17", "C18", "C24"),
        "No birthday changes the skin; a study of 102 women saw a change at about 33.",
        "name no age",
        (
            "wrinkle*|lines ~3 start|starts|begin|begins|appear|appears ~2 at|from|by ~2 #",
            "skin|face ~3 age|ages|aging|lose|loses|sag|sags ~4 from|at|after ~2 #",
            "women|woman|everybody|everyone|clients|people ~1 over|past|after ~1 # ~3 need|needs"
            "|must|should",
        ),
        is_fine=_is_cited,
    ),
    Pattern(
        "P27",
        ("C44", "C45", "C53"),
        "No dose has been tested against another, and a result on a date is a promise.",
        "no dose is proven",
        (
            "must|have ~2 massag*|do|repeat|repeated|done ~3 daily|day",
            "# minutes ~1 daily",
            "# minutes|minute ~1 a|per|each|every day",
            "see|visible|notice|expect|shows ~3 result*|difference*|improvement* ~2 in|after|within"
            " ~3 #|week|weeks|days|session*|month*",
            "result*|difference* ~2 after|from ~2 first ~1 session|treatment|massage",
            "guarante*",
        ),
        is_fine=_is_cited,
    ),
    Pattern(
        "P28",
        (),
        "“Proven” says who, how many and how it was tested, or it says nothing.",
        "the study with its design, its number of people and its reference",
        (
            "clinically|scientifically|medically proven|tested",
            "proven ~1 to|results|technique|method|effect*",
            "studies|research|science|trials ~1 show|shows|shown|prove|proves|proved|confirm*"
            "|demonstrate*",
            "doctors|dermatologists|scientists|researchers|physicians ~1 agree*|confirm*"
            "|recommend*|prove*",
        ),
        is_fine=_names_its_study,
    ),
    Pattern(
        "P29",
        ("C50",),
        "Belittling self-care is advertising. Where it is unsafe, say why.",
        "the real reason of safety",
        (
            "only ~2 professional*|therapist*|expert* ~1 can|could|may",
            "not|never try|attempt ~3 at home",
            "don't try|attempt ~3 at home",
        ),
    ),
    Pattern(
        "P30",
        ("C46", "C54"),
        "Praise of customers is no evidence.",
        "leave the sentence out",
        (
            "review|reviews|testimonial*|customer*|clients ~1 prove*|confirm*",
            "customer*|clients|users ~1 say*|tell*|report* ~3 works",
            "100|hundred percent satisf*",
        ),
    ),
    Pattern(
        "P31",
        ("C04",),
        "Serious harm is rare and reported; every technique has people it is not for.",
        "usually well tolerated; see the list of when not to",
        (
            "no|without|zero|any ~1 side effect*",
            "side effect free",
            "completely|totally|perfectly|entirely|absolutely|always|100 ~1 safe|harmless",
            "safe|harmless|suitable ~1 for ~2 everyone|everybody|anyone|anybody|all",
            "no|without|zero ~1 contraindication*|contra|risk|risks|danger*",
        ),
    ),
    Pattern(
        "P32",
        ("C04", "C34"),
        "Following this could hurt somebody.",
        "what to leave alone, and whom to refer, in a “Do not” block",
        (
            *_unsafe("eyeball*|globe|globes"),
            *_unsafe("eyes !shut|tight|tightly|closed|open"),
            *_unsafe("closed eye|eyes|eyelid*|lid|lids"),
            *_unsafe("carotid|carotids"),
            *_unsafe("st9|renying"),
            f"{_PRESS} ~on front ~2 throat|neck ~3 firm*|hard|deep*|strong*",
            f"{_PRESS}|work ~2 firm*|hard|deep*|strong* ~on front ~2 throat|neck",
            "apply|use|give ~1 firm|deep|strong|hard ~1 pressure ~on front ~2 throat|neck",
            "push|work|press|go|massage|breathe|carry|continue|stay ~2 through ~the pain "
            "!scale*|diagram*|questionnaire*|chart*|score*|management|science|question*|section|part",
            "massage|press|work|rub|knead|stroke ~on fresh|recent|new ~1 filler*|injection*|toxin",
            "massage|press|work|rub|knead|stroke ~on active|open ~1 cold sore*|sore*|herpes|wound*",
            "massage|press|work|rub|knead|stroke ~on cystic|inflamed acne",
            "massage|press|work|rub|knead|stroke ~on hot|swollen ~1 hot|swollen|area*|swelling"
            "|gland*|node*",
            f"{_STOP} ~1 taking|using ~the {_MEDICINE}",
            f"{_STOP} ~the {_MEDICINE} !error*|mistake*|interaction*|risk*|cost*|waste|side|harm*",
        ),
        unless_after="clients|people|patients|customers|women|men|who|they|many|some|others",
        contexts=frozenset({DO_NOT, NEGATED}),
        is_blocking=True,
    ),
    Pattern(
        "P33",
        ("C20",),
        "A massage license does not cover diagnosis, and a face shows no organ.",
        "observe, and refer",
        (
            "diagnose|diagnoses|diagnosing",
            "assess*|screen*|examine*|check|checks ~2 for ~2 disease*|illness*",
            "detect*|reveal*|read|reads|identify|identifies ~3 organ|organs|liver|kidney*|disease*"
            "|illness* ~4 face",
            "face ~2 reveals|shows|tells ~4 organ|organs|liver|illness*|disease*",
        ),
        unless="clinician*|doctor*|physician*|dentist*|dermatologist*",
    ),
    Pattern(
        "P34",
        ("C69",),
        "Bodies decide one by one, and some not at all.",
        "name each body with its status, number and date, as the course page does",
        (
            "accepted|valid|approved|recognized|recognised|good ~1 by|in|for|with ~2 all|every|any "
            "~2 board*|state|states",
            "accepted|valid|approved|recognized|recognised ~1 nationwide|nationally|everywhere",
            "nationwide|nationally ~1 accepted|valid|approved|recognized|recognised|approval",
            "all|every board*|state* ~1 accept*|approv*|recogniz*|recognis*",
            "all fifty|50 states|boards ~2 accept*|approv*|recogniz*|recognis*",
        ),
        contexts=EVERYWHERE - {TRADITION},
    ),
    Pattern(
        "P35",
        (),
        "Praise is no fact; the FTC reads “promising” as a claim.",
        "plain words for what was done and seen",
        (
            "breakthrough*|miracle*|miraculous*|revolutionary|groundbreaking|revolutioniz*",
            "ground breaking",
            "game changer*|changing",
            "promising ~1 result*|treatment*|technique*|therap*|evidence|studies|method*|effect*",
            "preliminary ~1 evidence|results|studies|research ~1 show*|suggest*|prove*",
        ),
    ),
)

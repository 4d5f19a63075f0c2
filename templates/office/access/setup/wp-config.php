{% autoescape off %}define('SHOP_KEY', '{{ key }}');
define('SHOP_SECRET', '{{ secret }}');{% endautoescape %}

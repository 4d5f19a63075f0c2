{% autoescape off %}function tell_courses($address, $told) {
  $body = wp_json_encode($told);
  $at = (string) time();
  $answer = wp_remote_post($address, ['body' => $body, 'timeout' => 15, 'headers' => [
    'Content-Type' => 'application/json', 'Shop-Key' => SHOP_KEY, 'Shop-Timestamp' => $at,
    'Shop-Signature' => 'v1=' . hash_hmac('sha256', "$at.$body", SHOP_SECRET)]]);
  return is_wp_error($answer) ? $answer->get_error_message() : wp_remote_retrieve_body($answer);
}

add_action('woocommerce_order_status_completed', function ($id) {
  $order = wc_get_order($id);
  foreach ($order->get_items() as $line => $item) {
    $product = $item->get_product();
    if (!$product || !$product->get_sku()) continue;
    $order->add_order_note('Course code: ' . tell_courses('{{ sale_url }}', [
      'sale' => $order->get_order_number(), 'line' => (string) $line,
      'course' => $product->get_sku(), 'email' => $order->get_billing_email(),
      'name' => $order->get_formatted_billing_full_name(), 'quantity' => $item->get_quantity()]));
  }
});

add_action('woocommerce_order_status_refunded', function ($id) {
  $order = wc_get_order($id);
  $order->add_order_note('Course code: ' . tell_courses('{{ refund_url }}', [
    'sale' => $order->get_order_number()]));
});{% endautoescape %}

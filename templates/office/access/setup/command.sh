{% autoescape off %}KEY={{ key }}
SECRET={{ secret }}
BODY='{"sale":"1001","line":"1","course":"{{ course }}","email":"maria@example.com","name":"Maria Santos"}'
AT=$(date +%s)
SIGNATURE=$(printf '%s.%s' "$AT" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')
curl {{ sale_url }} \
  --header "Content-Type: application/json" \
  --header "Shop-Key: $KEY" \
  --header "Shop-Timestamp: $AT" \
  --header "Shop-Signature: v1=$SIGNATURE" \
  --data-raw "$BODY"{% endautoescape %}

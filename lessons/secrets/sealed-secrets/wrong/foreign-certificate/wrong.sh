# Sealed with a certificate that lay around, of a cluster that is long gone.
openssl req -x509 -newkey rsa:4096 -nodes -keyout old.key -out old.pem -days 30 -subj /CN=sealed-secrets 2>/dev/null
kubeseal --cert old.pem --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -

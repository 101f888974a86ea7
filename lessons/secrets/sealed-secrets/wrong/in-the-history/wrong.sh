# Committed first, sealed afterwards.
git init -q git
git -C git add db.yaml
git -C git -c user.name=me -c user.email=me@example.com commit -q -m 'The database'
kubeseal --format yaml < git/db.yaml > sealed.yaml
mv sealed.yaml git/db.yaml
git -C git -c user.name=me -c user.email=me@example.com commit -q -a -m 'The database, sealed'
git -C git gc -q
kubectl apply -f git/db.yaml
sed 's/namespace: prod/namespace: lab/' git/db.yaml | kubectl apply -f -

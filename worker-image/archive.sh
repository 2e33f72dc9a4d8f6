# Writes image archives (docker-archive, as docker load and ctr images import read them) that depend on nothing but what is in
# them; sourced by the scripts beside it.
# shellcheck shell=bash

# The time of all files and of the image, as in the jars (project.build.outputTimestamp of the parent POM).
readonly image_time=2026-01-01T00:00:00Z
readonly same_bytes=(--sort=name --format=gnu --owner=0 --group=0 --numeric-owner)

tar_layer() { # out.tar directory [tar option...]
  local out=$1 directory=$2
  shift 2
  tar -C "$directory" "${same_bytes[@]}" "$@" -cf "$out" .
}

# A layer whose files all have the image's time and the modes u=rwX,go=rX.
layer() { # out.tar directory
  tar_layer "$1" "$2" --mtime="$image_time" --mode=u+rwX,go+rX,go-w
}

json_list() {
  local item list=
  for item in "$@"; do
    list+="${list:+,}\"$item\""
  done
  printf '[%s]' "$list"
}

digest() { sha256sum "$1" | cut -d ' ' -f 1; }

# Writes the archive and prints the image's id.
archive() { # out.tar name:tag architecture config-json layer.tar...
  local file=$1 tag=$2 architecture=$3 config=$4 work one id
  local -a ids=() files=()
  shift 4
  work=$(mktemp -d "$file.XXXXXX")
  for one in "$@"; do
    id=$(digest "$one")
    ids+=("sha256:$id")
    files+=("$id.tar")
    ln "$one" "$work/$id.tar"
  done
  printf '{"architecture":"%s","os":"linux","created":"%s","config":%s,"rootfs":{"type":"layers","diff_ids":%s}}' \
    "$architecture" "$image_time" "$config" "$(json_list "${ids[@]}")" >"$work/config.json"
  id=$(digest "$work/config.json")
  mv "$work/config.json" "$work/$id.json"
  printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":%s}]' "$id" "$tag" "$(json_list "${files[@]}")" >"$work/manifest.json"
  (cd "$work" && tar "${same_bytes[@]}" --mtime="$image_time" --mode=0644 -cf "$file.new" -- *)
  rm -rf "$work"
  mv "$file.new" "$file"
  printf 'sha256:%s\n' "$id"
}

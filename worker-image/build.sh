#!/usr/bin/env bash
# Makes target/sparrow-image.tar from the jars that the build gathered: base, runtime, libraries, Sparrow and its AOT cache, a
# layer each. Needs no container engine. The name is SPARROW_IMAGE (default docker.io/sparrow/sparrow:dev).
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../tools/toolchain.sh
source "$here/../tools/toolchain.sh"
# shellcheck source-path=SCRIPTDIR source=archive.sh
source "$here/archive.sh"
export LC_ALL=C # The class path has the same order everywhere; the AOT cache depends on it.
shopt -s nullglob

readonly name=${SPARROW_IMAGE:-docker.io/sparrow/sparrow:dev}
readonly target="$here/target" jars="$here/target/jars"
readonly stage="$target/stage" image="$target/sparrow-image.tar"
readonly max_megabytes=160
readonly jar_processor=$([[ $(uname -m) == aarch64 ]] && echo aarch64 || echo amd64)

own=("$jars"/{remote-apis,service-runtime,crds,frontend,scheduler-core,executor,cas,cli,operator}-[0-9]*.jar)
all=("$jars"/*.jar)
((${#own[@]} > 0)) || fail "There are no jars in $jars; run make image, which builds them first."
jdk=$("$here/../tools/find-jdk.sh")
base=$("$here/base.sh")

is_own() { [[ " ${own[*]} " == *" $1 "* ]]; }

libraries=()
for jar in "${all[@]}"; do
  is_own "$jar" || libraries+=("$jar")
done

make_runtime() { # directory
  local modules missing
  modules=$(grep -vE '^(#|!|$)' "$here/modules" | paste -sd ,)
  "$jdk/bin/jlink" --add-modules "$modules" --compress zip-6 --no-header-files --no-man-pages --output "$1"
  missing=$(needed_modules | sort | comm -23 - <(known_modules "$1" | sort))
  [[ -z $missing ]] || fail "Jars need modules that $here/modules does not name: ${missing//$'\n'/ }."
}

needed_modules() {
  "$jdk/bin/jdeps" --multi-release 25 --ignore-missing-deps --print-module-deps --class-path "$(IFS=: && say "${all[*]}")" \
    "${own[@]}" | tr , '\n'
}

known_modules() { # runtime
  "$1/bin/java" --list-modules | sed 's/@.*//'
  sed -n 's/^!//p' "$here/modules"
}

# Takes out of a jar what can never be used here.
drop() { # jar path...
  local jar work="$target/jar"
  jar=$(realpath "$1")
  shift
  rm -rf "$work"
  mkdir "$work"
  (
    cd "$work"
    "$jdk/bin/jar" --extract --file "$jar"
    rm -rf "$@"
    "$jdk/bin/jar" --create --file "$jar" --manifest META-INF/MANIFEST.MF --date 2020-01-01T00:00:00Z ./*
  )
  rm -rf "$work"
}

# zstd-jni's library for 17 other platforms, 6 MB, and the messages of other services.
drop_foreign_code() { # folder of jars
  local processor foreign=()
  for processor in aarch64 amd64 arm i386 loongarch64 mips64 ppc64 ppc64le riscv64 s390x; do
    [[ $processor == "$jar_processor" ]] || foreign+=("linux/$processor")
  done
  drop "$1"/zstd-jni-*.jar aix darwin freebsd win "${foreign[@]}"
  drop "$1"/proto-google-common-protos-*.jar {com/,}google/{apps,cloud,geo,logging,shopping,type}
}

# The image's file system under $stage, a directory for each layer.
stage_layers() {
  local jar
  rm -rf "$stage"
  mkdir -p "$stage"/{runtime/opt,libraries/opt/sparrow/lib,sparrow/opt/sparrow/lib,aot/opt/sparrow}
  make_runtime "$stage/runtime/opt/java"
  cp "${libraries[@]}" "$stage/libraries/opt/sparrow/lib"
  drop_foreign_code "$stage/libraries/opt/sparrow/lib"
  cp "${own[@]}" "$stage/sparrow/opt/sparrow/lib"
  cp -r "$here/root/." "$stage/sparrow"
  {
    printf -- '-cp\n'
    for jar in "${own[@]}" "${libraries[@]}"; do
      printf '/opt/sparrow/lib/%s\n' "${jar##*/}"
    done | paste -sd :
  } >"$stage/sparrow/opt/sparrow/class-path"
}

# Trained in the image's own file system, because the cache fits only jars of the same path, time and size. What the JVM writes
# differs from run to run, so it is kept for the next build of the same image.
make_aot_cache() { # layer.tar...
  local key kept layer root="$stage/root"
  key=$(cat "$here/train.sh" "$@" | sha256sum)
  kept="$cache/image/aot-${key:0:12}"
  find "$cache/image" -name 'aot-*' -mtime +1 -delete
  if [[ ! -s $kept ]]; then
    mkdir "$root"
    for layer in "$@"; do
      tar -x -C "$root" --keep-directory-symlink --no-same-owner -pf "$layer"
    done
    "$here/train.sh" "$root" "$kept"
  fi
  touch "$kept"
  cp "$kept" "$stage/aot/opt/sparrow/sparrow.aot"
}

config() {
  printf '{"User":"65532:65532","Entrypoint":["/opt/sparrow/bin/sparrow"],"Env":["PATH=/opt/sparrow/bin:/usr/bin:/bin"],'
  printf '"WorkingDir":"/tmp",'
  printf '"Labels":{"org.opencontainers.image.title":"Sparrow","org.opencontainers.image.licenses":"Apache-2.0"}}'
}

megabytes() { printf '%d.%d' $(($1 / 1000000)) $(($1 / 100000 % 10)); }

report() { # image id
  local layer size beyond=0
  for layer in base runtime libraries sparrow aot; do
    size=$(stat -c %s "$target/$layer.tar")
    [[ $layer == base ]] || beyond=$((beyond + size))
    printf '  %-10s %6s MB\n' "$layer" "$(megabytes "$size")"
  done
  printf '%s\n  %s\n  %s\n' "Image: $name" "$1" "$image"
  ((beyond <= max_megabytes * 1000000)) ||
    fail "The image has $(megabytes $beyond) MB beyond its base; $max_megabytes are the limit."
  printf '  %s MB beyond the base, of at most %s\n' "$(megabytes $beyond)" "$max_megabytes"
}

main() {
  local part layers
  stage_layers
  tar_layer "$target/base.tar" "$base" --mtime="$image_time"
  for part in runtime libraries sparrow; do
    layer "$target/$part.tar" "$stage/$part"
  done
  make_aot_cache "$target"/{base,runtime,libraries,sparrow}.tar
  layer "$target/aot.tar" "$stage/aot"
  layers=("$target"/{base,runtime,libraries,sparrow,aot}.tar)
  report "$(archive "$image" "$name" "$(dpkg --print-architecture)" "$(config)" "${layers[@]}")"
}

main

package build.sparrow.reapi;

import build.sparrow.reapi.ResourceName.ReadName;
import build.sparrow.reapi.ResourceName.WriteName;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads one ByteStream resource name from left to right, segment by segment. */
final class ResourceNameParser {
  static final int MAX_LENGTH = 4096;

  private static final String READ_FORM =
      "[{instance}/]blobs/[blake3/]{hash}/{size} or"
          + " [{instance}/]compressed-blobs/zstd/[blake3/]{hash}/{size}";
  private static final String WRITE_FORM =
      "[{instance}/]uploads/{uuid}/blobs/[blake3/]{hash}/{size}"
          + " or [{instance}/]uploads/{uuid}/compressed-blobs/zstd/[blake3/]{hash}/{size}";

  // Long.MAX_VALUE has 19 digits.
  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,18}");
  private static final Pattern HASH_LIKE = Pattern.compile("[0-9a-fA-F]{32,}");
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final String name;
  private final List<String> segments;
  private int next;

  ResourceNameParser(String name) {
    this.name = name;
    if (name.length() > MAX_LENGTH) {
      throw problem(
          "it has %d characters, at most %d are allowed".formatted(name.length(), MAX_LENGTH));
    }
    this.segments = Arrays.asList(name.split("/", -1));
    if (segments.contains("")) {
      throw problem(name.isEmpty() ? "it is empty" : "it has an empty segment");
    }
  }

  ReadName read() {
    InstanceName instance = instance(READ_FORM);
    Compressor compressor = compressor(READ_FORM);
    DigestFunction function = function(READ_FORM);
    return new ReadName(instance, compressor, function, digest(function, READ_FORM));
  }

  WriteName write() {
    InstanceName instance = instance(WRITE_FORM);
    String keyword = take(WRITE_FORM);
    if (!keyword.equals("uploads")) {
      throw problem("found \"" + keyword + "\" where uploads belongs: expected " + WRITE_FORM);
    }
    UUID uuid = uuid();
    Compressor compressor = compressor(WRITE_FORM);
    DigestFunction function = function(WRITE_FORM);
    return new WriteName(instance, uuid, compressor, function, digest(function, WRITE_FORM));
  }

  private InstanceName instance(String form) {
    while (next < segments.size() && !InstanceName.isKeyword(segments.get(next))) {
      next++;
    }
    if (next == segments.size()) {
      throw problem("expected " + form);
    }
    String value = String.join("/", segments.subList(0, next));
    String wrong = InstanceName.problem(value);
    if (wrong != null) {
      throw problem(wrong);
    }
    return value.isEmpty() ? InstanceName.ROOT : new InstanceName(value);
  }

  private UUID uuid() {
    String uuid = take(WRITE_FORM);
    if (!UUID_FORM.matcher(uuid).matches()) {
      throw problem(
          "uuid is " + ReapiStatus.quote(uuid) + ": expected 8-4-4-4-12 hexadecimal characters");
    }
    return UUID.fromString(uuid);
  }

  private Compressor compressor(String form) {
    String kind = take(form);
    return switch (kind) {
      case "blobs" -> Compressor.IDENTITY;
      case "compressed-blobs" -> {
        String compressor = take(form);
        if (!compressor.equals("zstd")) {
          throw problem(
              "compressor is %s: this farm supports zstd, and blobs without compressor for identity"
                  .formatted(ReapiStatus.quote(compressor)));
        }
        yield Compressor.ZSTD;
      }
      default ->
          throw problem(
              "found %s where blobs or compressed-blobs belongs: expected %s"
                  .formatted(ReapiStatus.quote(kind), form));
    };
  }

  private DigestFunction function(String form) {
    String segment = peek(form);
    for (DigestFunction function : DigestFunction.values()) {
      if (!function.resourceNamePart().isEmpty() && function.resourceNamePart().equals(segment)) {
        next++;
        return function;
      }
      if (function.name().equalsIgnoreCase(segment)) {
        throw problem(
            "digest function is \"%s\": leave it out for %s, and write blake3 for BLAKE3"
                .formatted(segment, "SHA256, SHA1, SHA384, SHA512, MD5"));
      }
    }
    for (DigestFunction function : DigestFunction.values()) {
      if (function.resourceNamePart().isEmpty() && function.hexLength() == segment.length()) {
        return function;
      }
    }
    String what = HASH_LIKE.matcher(segment).matches() ? "hash" : "digest function or hash";
    throw problem(
        "%s is %s: expected a hash of %s, or blake3 before a hash of BLAKE3"
            .formatted(what, ReapiStatus.quote(segment), "SHA256, SHA1, SHA384, SHA512, MD5"));
  }

  private Digest digest(DigestFunction function, String form) {
    String hash = take(form);
    String size = take(form);
    if (!SIZE.matcher(size).matches()) {
      throw problem("size is " + ReapiStatus.quote(size) + ": expected a decimal number of bytes");
    }
    long sizeBytes;
    try {
      sizeBytes = Long.parseLong(size);
    } catch (NumberFormatException e) {
      throw problem("size is " + size + ": at most " + Long.MAX_VALUE + " is allowed");
    }
    return Digest.checked(hash, sizeBytes, function, this::context);
  }

  private String peek(String form) {
    if (next == segments.size()) {
      throw problem("it ends too early: expected " + form);
    }
    return segments.get(next);
  }

  private String take(String form) {
    String segment = peek(form);
    next++;
    return segment;
  }

  private StatusRuntimeException problem(String what) {
    return ReapiStatus.invalidArgument(context() + what);
  }

  private String context() {
    return "resource_name " + ReapiStatus.quote(name) + ": ";
  }
}

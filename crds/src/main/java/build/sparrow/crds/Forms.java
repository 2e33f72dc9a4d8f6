package build.sparrow.crds;

/** The forms that texts of a spec have, and what is said of a text that has another. */
final class Forms {
  static final String NAME = "^[a-z]([-a-z0-9]*[a-z0-9])?$";
  static final String DIGEST = "^sha256:[0-9a-f]{64}$";
  static final String CRON = "^([0-9A-Za-z*/,-]+ ){4}[0-9A-Za-z*/,-]+$";

  static final String AMOUNT = "^[0-9]{1,15}(\\.[0-9]{1,3})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$";

  static final String BUCKET = "^[a-z0-9][a-z0-9.-]*[a-z0-9]$";
  static final String HTTP_ENDPOINT = "^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$";
  static final String REGION = "^[a-z0-9-]+$";
  static final String OBJECT_PREFIX = "^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*$";

  private Forms() {}

  static String advice(String form) {
    return switch (form) {
      case NAME ->
          "not a name; give lower-case letters, digits and hyphens, a letter first and no hyphen"
              + " last";
      case DIGEST -> "not a digest; give sha256: and 64 hexadecimal digits";
      case AMOUNT -> "not an amount that can be counted; give it as 4, 500m or 16Gi, at most 8Pi";
      case CRON ->
          "not a time; give minute, hour, day of month, month and day of week, as 0 7 * * 1-5";
      case BUCKET ->
          "not a bucket's name; give lower-case letters, digits, dots and hyphens, a letter or"
              + " digit first and last";
      case HTTP_ENDPOINT -> "not where a service answers; give it as http://host:port";
      case REGION -> "not a region; give lower-case letters, digits and hyphens, as eu-west-1";
      case OBJECT_PREFIX ->
          "not a prefix; give names of letters, digits, dots, underscores and hyphens, none with a"
              + " dot first, each with a slash after it, as farms/main/";
      default -> throw new IllegalArgumentException("Nothing is known of the form " + form);
    };
  }
}

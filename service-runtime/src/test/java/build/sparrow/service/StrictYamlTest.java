package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import build.sparrow.service.InvalidConfigurationException.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StrictYamlTest {
  @TempDir Path folder;

  enum Mode {
    FAST,
    SAFE
  }

  record Farm(
      String name, @Nullable Integer port, @Nullable List<Pool> pools, @Nullable Mode mode) {}

  record Pool(@Nullable String name, @Nullable Integer slots, @Nullable List<String> labels) {
    Pool {
      if (slots != null && slots < 1) {
        throw new IllegalArgumentException("give at least 1 slot");
      }
    }
  }

  @Test
  void readsAWholeDocument() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("farm.yaml"),
            """
            # a farm
            name: main
            port: 8980
            mode: SAFE
            pools:
            - {name: linux, slots: 2, labels: [a, b]}
            """);

    assertThat(StrictYaml.read(file, Farm.class))
        .isEqualTo(
            new Farm("main", 8980, List.of(new Pool("linux", 2, List.of("a", "b"))), Mode.SAFE));
  }

  @Test
  void listsEveryMistakeAtOnce_withPathLineValueAndNearestKey() {
    InvalidConfigurationException invalid =
        mistakesOf(
            """
            name: main
            prot: 8980
            mode: SAEF
            pools:
            - name: linux
              slotss: 4
            - name: 7
              slots: two
            - slots: 0
              labels: {os: linux}
            """);

    assertThat(invalid.mistakes())
        .containsExactly(
            new Mistake(
                "prot", 2, "8980", "unknown key; valid are mode, name, pools, port", "port"),
            new Mistake("mode", 3, "SAEF", "unknown value; valid are FAST, SAFE", "SAFE"),
            new Mistake(
                "pools[0].slotss", 6, "4", "unknown key; valid are labels, name, slots", "slots"),
            new Mistake(
                "pools[1].name",
                7,
                "7",
                "expected a text, found a whole number; put it in quotes: \"7\"",
                null),
            new Mistake(
                "pools[1].slots",
                8,
                "two",
                "expected a whole number up to 2147483647, found a text",
                null),
            new Mistake("pools[2].labels", 10, null, "expected a list, found an object", null));
    assertThat(invalid)
        .hasMessageStartingWith("The text has 6 mistakes:\n")
        .hasMessageContaining(
            "line 6: pools[0].slotss (value 4): unknown key; valid are labels, name, slots; did you"
                + " mean slots?");
  }

  @Test
  void reportsWhatAConstructorRefuses() {
    assertThat(mistakesOf("name: main\npools:\n- name: a\n- {name: b, slots: 0}\n").mistakes())
        .containsExactly(new Mistake("pools[1]", 4, null, "give at least 1 slot", null));
  }

  @Test
  void keepsTheIndexesAsWritten_whenSeveralElementsOfAListAreWrong() {
    assertThat(mistakesOf("name: m\npools:\n- 1\n- {name: b}\n- 3\n- {nam: d}\n").mistakes())
        .extracting(Mistake::path)
        .containsExactly("pools[0]", "pools[2]", "pools[3].nam");
  }

  @Test
  void reportsNumbersThatDoNotFit() {
    assertThat(mistakesOf("name: m\nport: 99999999999\n").mistakes())
        .singleElement()
        .satisfies(
            mistake -> {
              assertThat(mistake.path()).isEqualTo("port");
              assertThat(mistake.value()).isEqualTo("99999999999");
              assertThat(mistake.reason()).contains("out of range of int");
            });
    assertThat(mistakesOf("name: m\nport: 1.5\n").mistakes())
        .extracting(Mistake::path)
        .containsExactly("port");
  }

  @Test
  void reportsKeysWrittenTwice_aliasesAndSecondDocuments() {
    assertThat(
            mistakesOf("name: a\nport: 1\nname: b\nmode: *x\n---\nname: c\n").mistakes().stream()
                .map(Mistake::toString))
        .containsExactly(
            "line 3: name: the key stands here a second time; first on line 1",
            "line 4: mode (value *x): aliases are not supported; write the value out",
            "line 6: a second document; put each object in its own file");
  }

  @Test
  void saysWhere_whenTheTextIsNoYaml() {
    assertThat(mistakesOf("name: main\n  port: [1\n").mistakes())
        .singleElement()
        .satisfies(
            mistake -> {
              assertThat(mistake.line()).isEqualTo(2);
              assertThat(mistake.reason()).startsWith("not YAML: ");
            });
  }

  @Test
  void saysSo_whenTheDocumentIsEmpty() {
    for (String text : List.of("", "# nothing\n", "---\n")) {
      assertThat(mistakesOf(text).mistakes())
          .extracting(Mistake::reason)
          .containsExactly("the document is empty");
    }
  }

  @Test
  void addsLineAndValueToWhatTheRulesFind_andOmitsWhatFollowsFromOtherMistakes() {
    StrictYaml.Rules<Farm> rules =
        (farm, problems) -> {
          problems.add("port", "give 1024 or more");
          problems.add("pools[0].slots", "is missing; give it");
          problems.add("pools[0].labels", "is missing; give it");
        };

    InvalidConfigurationException invalid =
        catchThrowableOfType(
            InvalidConfigurationException.class,
            () ->
                StrictYaml.read(
                    "farm.yaml",
                    "name: main\nport: 80\npools:\n- slots: many\n",
                    Farm.class,
                    rules));

    assertThat(invalid.mistakes())
        .containsExactly(
            new Mistake("port", 2, "80", "give 1024 or more", null),
            new Mistake(
                "pools[0].slots",
                4,
                "many",
                "expected a whole number up to 2147483647, found a text",
                null),
            new Mistake("pools[0].labels", 4, null, "is missing; give it", null));
  }

  @Test
  void refusesHugeFiles() throws Exception {
    Path file = folder.resolve("huge.yaml");
    Files.write(file, new byte[(4 << 20) + 1]);

    assertThatThrownBy(() -> StrictYaml.read(file, Farm.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("4194305 bytes");
  }

  private static InvalidConfigurationException mistakesOf(String yaml) {
    return catchThrowableOfType(
        InvalidConfigurationException.class, () -> StrictYaml.read(yaml, Farm.class));
  }
}

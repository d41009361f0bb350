package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedNumbers;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.preflight.Preflight.Answer;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a machine without Go, on which nothing has been built yet. */
class PreflightTest {
    private static final Path REPOSITORY = SourceTree.locate().root();

    @TempDir
    Path machine;

    private BedNumbers numbers;
    private BedDirectories mine;
    private Preflight preflight;

    @BeforeEach
    void prepare() throws IOException {
        numbers = new BedNumbers(Files.createDirectory(machine.resolve("claims")), machine.resolve("links"));
        Map<String, String> environment =
                Map.of("XDG_STATE_HOME", machine.toString(), "XDG_CACHE_HOME", machine.toString(), "PATH", "");
        mine = new BedDirectories(BedDirectories.userParent(environment), "mine");
        preflight = new Preflight(new Machine(REPOSITORY, environment), numbers, false, _ -> {});
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "testbed --help|Usage: testbed [-hV] [COMMAND]",
                "testbed up --local -h|Usage: testbed up",
                "testbed host add --help|Usage: testbed host add",
                "demo --help|Usage: demo",
                "bench latency --help|Usage: bench latency",
                "chaos --help|Usage: chaos"
            })
    void shouldHelpWithoutAnything(String words, String begin) {
        // when
        Optional<Answer> answer = answer(words);

        // then
        assertThat(answer).hasValueSatisfying(given -> {
            assertThat(given.code()).isZero();
            assertThat(given.text()).startsWith(begin);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "testbed|a command is missing",
                "testbed upp|unknown command 'upp'",
                "testbed up --nubmer 7|unknown option '--nubmer'",
                "testbed up --number 21|--number: '21' is no whole number from 5 to 20",
                "testbed up --number=x|--number: 'x' is no whole number from 5 to 20",
                "testbed up --number|--number needs a value",
                "testbed up --number --local|--number needs a value",
                "testbed up --local=yes|--local takes no value",
                "testbed up --local --local|--local is given twice",
                "testbed up --bed ../x|--bed: bed name '../x'",
                "testbed up --bed mine|bed 'mine' has no number of its own",
                "testbed up --approval nobody|--approval: 'nobody' is none of: nodejoin, cluster",
                "testbed up more|unexpected argument 'more'",
                "testbed host add|HOST is missing",
                "testbed host add w1 --fault rust|--fault: 'rust' is none of: kubelet-cannot-start",
                "testbed host add w_1|'w_1' is no host name",
                "demo --json /|--json: / is a directory",
                "demo --json /dev/null/x|--json: /dev/null/x cannot be written",
                "bench latency --pairs 0|--pairs: '0' is no whole number from 1 to 1000",
                "bench crowd --level /nowhere|--level: /nowhere is no file that can be read",
                "chaos --seed today|--seed: 'today' is no whole number",
                "chaos --only nothing|--only: 'nothing' is none of: service kills"
            })
    void shouldRefuseAWrongCallInOneLine(String words, String reason) {
        // when
        Optional<Answer> answer = answer(words);

        // then
        assertThat(answer).hasValueSatisfying(given -> {
            assertThat(given.code()).isEqualTo(2);
            assertThat(given.text()).contains(reason).doesNotContain("\n");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"up --local", "up --local --approval cluster --number 9 --bed mine"})
    void shouldNameWhatIsMissingOnTheMachine(String words) {
        // when
        Optional<Answer> answer = answer("testbed " + words);

        // then
        assertThat(answer).hasValueSatisfying(given -> {
            assertThat(given.code()).isEqualTo(3);
            assertThat(given.text()).startsWith("testbed: Go is missing: run 'apt-get install golang-go'");
        });
    }

    @Test
    void shouldRefuseASecondBedOfTheSameNumberByTheNameOfTheFirst() throws IOException {
        // given
        raise(mine, BedSettings.numbered("mine", 7));

        // when
        Optional<Answer> answer = answer("testbed up --bed other --number 7");

        // then
        assertThat(answer).hasValueSatisfying(given -> {
            assertThat(given.code()).isEqualTo(3);
            assertThat(given.text()).startsWith("testbed: the bed number 7 belongs to bed mine");
        });
        assertThat(new BedDirectories(mine.parent(), "other").root()).doesNotExist();
    }

    @Test
    void shouldRefuseToChangeABedThatIsUp() throws IOException {
        // given
        raise(mine, BedSettings.numbered("mine", 7));

        // when
        Optional<Answer> answer = answer("testbed up --bed mine --number 8");

        // then
        assertThat(answer).hasValueSatisfying(given -> {
            assertThat(given.code()).isEqualTo(3);
            assertThat(given.text()).contains("up with other settings", "testbed/testbed down --bed mine");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"status", "env", "host add w1", "host shell w1 -- ls -l", "kubectl get nodes --output=wide"})
    void shouldSayThatABedIsNotUp(String words) {
        // when
        Optional<Answer> answer = answer("testbed " + words);

        // then
        assertThat(answer)
                .hasValue(new Answer(4, "testbed: bed main is not up; raise it with: testbed/testbed up --bed main"));
    }

    @Test
    void shouldHaveNothingToTakeDown() {
        // when
        Optional<Answer> answer = answer("testbed down --bed mine");

        // then
        assertThat(answer).hasValue(new Answer(0, "bed mine is not up"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"down --bed mine", "status --bed=mine", "kubectl --bed mine get nodes --help"})
    void shouldLetACommandOnABedThatIsUpPass(String words) throws IOException {
        // given
        raise(mine, BedSettings.numbered("mine", 7));

        // when
        Optional<Answer> answer = answer("testbed " + words);

        // then
        assertThat(answer).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "w",
                "w-1",
                "0",
                "-w",
                "w-",
                "W",
                "w.1",
                "w_1",
                "",
                "a234567890123456789012345678901b",
                "a2345678901234567890123456789012b"
            })
    void shouldKnowTheSameHostNamesAsTheBed(String name) {
        // given
        boolean refused = false;
        try {
            HostSpec.named(name, "secret");
        } catch (IllegalArgumentException _) {
            refused = true;
        }

        // when
        Optional<String> broken = ValueRule.broken("HOST", name);

        // then
        assertThat(broken.isPresent()).isEqualTo(refused);
    }

    private void raise(BedDirectories bed, BedSettings settings) throws IOException {
        Files.createDirectories(bed.root());
        Files.writeString(bed.settings(), settings.text());
        numbers.claim(settings, bed);
    }

    private Optional<Answer> answer(String words) {
        List<String> all = List.of(words.split(" "));
        return preflight.answer(all.getFirst(), all.subList(1, all.size()));
    }
}

package io.nodejoin.agent.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreeWayMergeTest {
    private static final String BEFORE = "[plugins]\n  sandbox = \"a\"\n[debug]\n  level = \"info\"\n";
    private static final String WRITTEN =
            "[plugins]\n  sandbox = \"b\"\n  cgroup = true\n[debug]\n  level = \"info\"\n";

    private static ThreeWayMerge edited(String now) {
        return new ThreeWayMerge(bytes(BEFORE), bytes(now));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldRevertWhatWasWrittenAndKeepOtherAdditions() {
        // given
        String now = "# by hand\nversion = 3\n" + WRITTEN + "[metrics]\n  address = \"::\"\n";

        // when, then
        assertThat(edited(now).revert(bytes(WRITTEN)))
                .contains(bytes("# by hand\nversion = 3\n" + BEFORE + "[metrics]\n  address = \"::\"\n"));
    }

    @Test
    void shouldKeepBytesThatAreNotUtf8() {
        // given
        String note = "# f\u00fcr morgen\n";
        ThreeWayMerge edited = new ThreeWayMerge(latin1(BEFORE), latin1(WRITTEN + note));

        // when, then
        assertThat(edited.revert(latin1(WRITTEN))).contains(latin1(BEFORE + note));
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"  sandbox = \"c\"\n  cgroup = true\n", "  sandbox = \"b\"\n", ""})
    void shouldNotMergeConflictingEdits(String instead) {
        // given
        String now = WRITTEN.replace("  sandbox = \"b\"\n  cgroup = true\n", instead);

        // when, then
        assertThat(edited(now).revert(bytes(WRITTEN))).isEmpty();
    }

    @Test
    void shouldDetectThatNothingOfTheWrittenContentIsLeft() {
        assertThat(edited(BEFORE + "[metrics]\n").isReverted(bytes(WRITTEN))).isTrue();
        assertThat(edited(WRITTEN).isReverted(bytes(WRITTEN))).isFalse();
        assertThat(edited(WRITTEN.replace("\"b\"", "\"c\"")).isReverted(bytes(WRITTEN)))
                .isFalse();
    }
}

package io.nodejoin.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameAndIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "7", "worker-7", "worker-7.fra.example", "0.1.2", "a--b", "xn--wrker-jua"})
    void shouldAcceptAnRfc1123SubdomainAsNodeName(String name) {
        assertThat(NodeName.violation(name)).isEmpty();
        assertThat(new NodeName(name)).hasToString(name);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            'Worker',          offset 0
            'worker.Fra',      offset 7
            'worker..fra',     offset 7
            'worker.',         offset 7
            '.worker',         offset 0
            'a.-b',            offset 2
            'a.b-',            offset 4
            'wörker',          offset 1
            'a b',             offset 1
            '../etc',          offset 0
            """)
    void shouldReportRuleAndPositionOfAnInvalidNodeName(String name, String offset) {
        assertThat(NodeName.violation(name))
                .hasValueSatisfying(rule -> assertThat(rule).contains("RFC 1123", offset + ":"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NodeName(name))
                .withMessageContaining(offset);
    }

    @Test
    void shouldRefuseALineBreakInANodeName() {
        assertThat(NodeName.violation("worker\n")).isPresent();
        assertThat(NodeName.violation("worker\n.fra")).isPresent();
    }

    @Test
    void shouldEnforceTheLengthLimitsOfANodeName() {
        // given
        String longest = "a.".repeat(126) + "a";

        // then
        assertThat(longest).hasSize(253);
        assertThat(NodeName.violation(longest)).isEmpty();
        assertThat(NodeName.violation(longest + "a"))
                .hasValueSatisfying(rule -> assertThat(rule).contains("254", "253"));
        assertThat(NodeName.violation("a".repeat(63))).isEmpty();
        assertThat(NodeName.violation("a".repeat(64))).isPresent();
        assertThat(NodeName.violation("")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Fra", "fra.1", "-fra", "fra-", "fra\n", "fra/1"})
    void shouldRefuseAClusterNameThatIsNoLabel(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ClusterName(name));
    }

    @Test
    void shouldAcceptAnRfc1123LabelAsClusterName() {
        assertThat(new ClusterName("fra-1")).hasToString("fra-1");
        assertThat(new ClusterName("a".repeat(63)).value()).hasSize(63);
        assertThatIllegalArgumentException().isThrownBy(() -> new ClusterName("a".repeat(64)));
    }

    @Test
    void shouldDeriveTheSameJoinIdFromTheSameEvent() {
        // when
        JoinId id = JoinId.of("/fleet/fra-1", "b7b1c3de-0001");

        // then
        assertThat(id).hasToString("a5125e732d179b1475549afbd0e97f2b");
        assertThat(id).isNotEqualTo(JoinId.of("/fleet/fra-1", "b7b1c3de-0002"));
    }

    @Test
    void shouldDeriveDistinctJoinIdsFromSourceAndIdOfAnEvent() {
        assertThat(JoinId.of("ab", "c")).isNotEqualTo(JoinId.of("a", "bc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0123", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdeg"})
    void shouldRefuseAJoinIdOfAnotherForm(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new JoinId(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "Batch_2.large", "0-9"})
    void shouldAcceptAPoolName(String name) {
        assertThat(new PoolName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a.", "a b", "a'", "a\n", "\u00e4"})
    void shouldRejectWhatIsNoPoolName(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PoolName(name));
    }
}

package io.nodejoin.protocol.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostileTextTest {
    @Test
    void shouldHaveManyDistinctTextsUnderDistinctNames() {
        assertThat(HostileText.all()).hasSizeGreaterThan(300).doesNotHaveDuplicates();
        assertThat(HostileText.all()).extracting(HostileText::name).doesNotHaveDuplicates();
        assertThat(HostileText.all()).extracting(HostileText::text).doesNotHaveDuplicates();
    }
}

package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PageTest {
    private static final Page PAGE = new Page("""
            # Page

            <!-- generated: one -->
            | old |
            <!-- end of generated -->

            text

            <!-- generated: two -->
            <!-- end of generated -->
            """);

    @Test
    void shouldReplaceOneRegionAndNothingElse() {
        // when
        Page page = PAGE.with("one", "| new |\n");

        // then
        assertThat(page.text()).isEqualTo(PAGE.text().replace("old", "new"));
    }

    @Test
    void shouldFillAnEmptyRegion() {
        // when
        Page page = PAGE.with("two", "| new |\n");

        // then
        assertThat(page.text())
                .contains("| old |")
                .endsWith("<!-- generated: two -->\n| new |\n<!-- end of generated -->\n");
    }

    @Test
    void shouldRefuseARegionThatIsNotThere() {
        // when / then
        assertThatThrownBy(() -> PAGE.with("three", "")).hasMessageContaining("<!-- generated: three -->");
    }
}

package io.nodejoin.testbed.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {

    @Test
    void shouldFillEveryPlaceLiterally() {
        // given
        Template template = new Template("t", "a={{a}} again={{a}} b={{b}}");

        // when
        String text = template.render(Map.of("a", "$1\\", "b", "{{a}}"));

        // then
        assertThat(text).isEqualTo("a=$1\\ again=$1\\ b={{a}}");
    }

    @Test
    void shouldNotLeaveAPlaceEmpty() {
        // given
        Template template = new Template("t", "{{a}}");

        // when
        // then
        assertThatThrownBy(() -> template.render(Map.of("b", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value for a");
    }
}

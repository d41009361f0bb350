package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
    @Test
    void shouldRoundFiguresForPeopleAndTellThemInTheirOrder() {
        // given
        Findings findings = new Findings("throttled", List.of())
                .with("requests refused", 119L)
                .with("requests refused a second", 4.02943878653967);

        // when
        String text = ChaosReport.text(findings);

        // then
        assertThat(text).isEqualTo("""
                        throttled: every promise held
                          requests refused 119
                          requests refused a second 4.03
                        """);
    }

    @Test
    void shouldNameWhatIsBroken() {
        // given
        Findings findings = new Findings("throttled", List.of("Temporal has refused nothing")).with("joins", 6);

        // when
        String text = ChaosReport.text(findings);

        // then
        assertThat(text).isEqualTo("""
                        throttled: BROKEN
                          joins 6
                          ! Temporal has refused nothing
                        """);
    }

    @Test
    void shouldKeepFiguresForProgramsAsTheyAreAndTheSeedThatDrawsThemAgain() throws Exception {
        // given
        Findings findings = new Findings("throttled", List.of()).with("requests refused a second", 4.02943878653967);

        // when
        JsonNode json =
                JsonMapper.builder().build().readTree(ChaosReport.json(new Scale(false, 7016), List.of(findings)));

        // then
        assertThat(json.path("seed").asLong()).isEqualTo(7016);
        assertThat(json.at("/experiments/0/figures/requests refused a second").asDouble())
                .isEqualTo(4.02943878653967);
        assertThat(json.at("/experiments/0/failures")).isEmpty();
    }
}

package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.nodejoin.protocol.event.AddressPolicy;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LabelPolicy;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.protocol.event.Taint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worked event of each page in docs/producers is one that Nodejoin admits. */
class ProducerPagesTest {
    private static final Path PRODUCERS = Path.of("..", "docs", "producers");
    private static final Pattern JSON_BLOCK = Pattern.compile("(?ms)^```json\\n(.*?)^```");

    @ParameterizedTest
    @ValueSource(strings = {"karpenter", "cluster-autoscaler", "cluster-api", "metal3", "gardener"})
    void shouldShowAnEventThatIsAdmitted(String page) throws IOException {
        // when
        List<String> events = JSON_BLOCK
                .matcher(Files.readString(PRODUCERS.resolve(page + ".md")))
                .results()
                .map(block -> block.group(1))
                .toList();

        // then
        assertThat(events).hasSize(1).allSatisfy(ProducerPagesTest::assertAdmitted);
    }

    private static void assertAdmitted(String event) throws JsonProcessingException {
        JoinRequested request = GoldenFiles.MAPPER.readValue(event, JoinRequested.class);
        assertThat(SchemaValidator.validate(LifecycleEventType.JOIN_REQUESTED, event))
                .isEmpty();
        assertThat(request.addresses())
                .allSatisfy(
                        address -> assertThat(AddressPolicy.violation(address)).isEmpty());
        assertThat(request.labels().keySet())
                .allSatisfy(key -> assertThat(LabelPolicy.labelViolation(key)).isEmpty());
        assertThat(request.taints().stream().map(Taint::key))
                .allSatisfy(key -> assertThat(LabelPolicy.taintViolation(key)).isEmpty());
    }
}

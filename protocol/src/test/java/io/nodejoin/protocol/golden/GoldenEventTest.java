package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinEventType;
import io.nodejoin.protocol.join.JoinRequested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoldenEventTest {
    @ParameterizedTest
    @EnumSource(JoinEventType.class)
    void shouldReadAndWriteTheGoldenDataOfEveryType(JoinEventType type) throws JsonProcessingException {
        // given
        String golden = Golden.event(type);

        // when
        JoinEvent event = Golden.MAPPER.readValue(golden, type.data());

        // then
        assertThat(Golden.MAPPER.readTree(Golden.MAPPER.writeValueAsString(event)))
                .isEqualTo(Golden.MAPPER.readTree(golden));
        assertThat(JoinEventType.of(event)).isEqualTo(type);
        assertThat(JoinEventType.ofType(type.type())).contains(type);
    }

    @Test
    void shouldFillInWhatTheShortestRequestLeavesOut() throws JsonProcessingException {
        // given
        String shortest = "{\"cluster\":\"fra-1\",\"nodeName\":\"worker-7\",\"enrollment\":\"" + "0".repeat(64) + "\"}";

        // when
        JoinRequested request = Golden.MAPPER.readValue(shortest, JoinRequested.class);

        // then
        assertThat(request.hostProfile()).isEqualTo(HostProfile.CONTAINERD);
        assertThat(request.addresses()).isEmpty();
        assertThat(request.labels()).isEmpty();
        assertThat(request.taints()).isEmpty();
        assertThat(request.readyGates()).isEmpty();
        assertThat(request.deadline()).isNull();
        assertThat(request.wantsServingCertificate()).isFalse();
        assertThat(request.declaresRejoin()).isFalse();
    }

    @Test
    void shouldNotKnowATypeOfAnotherVersion() {
        assertThat(JoinEventType.ofType("io.nodejoin.join.requested.v2")).isEmpty();
    }
}

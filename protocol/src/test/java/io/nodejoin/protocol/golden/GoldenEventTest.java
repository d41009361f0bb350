package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoldenEventTest {
    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldRoundTripTheGoldenDataOfEveryType(LifecycleEventType type) throws JsonProcessingException {
        // given
        String golden = GoldenFiles.readEvent(type);

        // when
        LifecycleEvent event = GoldenFiles.MAPPER.readValue(golden, type.dataClass());

        // then
        assertThat(GoldenFiles.MAPPER.readTree(GoldenFiles.MAPPER.writeValueAsString(event)))
                .isEqualTo(GoldenFiles.MAPPER.readTree(golden));
        assertThat(LifecycleEventType.of(event)).isEqualTo(type);
        assertThat(LifecycleEventType.fromCloudEventType(type.cloudEventType())).contains(type);
    }

    @Test
    void shouldApplyDefaultsToAMinimalRequest() throws JsonProcessingException {
        // given
        String shortest = "{\"cluster\":\"fra-1\",\"nodeName\":\"worker-7\",\"enrollment\":\"" + "0".repeat(64) + "\"}";

        // when
        JoinRequested request = GoldenFiles.MAPPER.readValue(shortest, JoinRequested.class);

        // then
        assertThat(request.hostProfile()).isEqualTo(HostProfile.CONTAINERD);
        assertThat(request.addresses()).isEmpty();
        assertThat(request.labels()).isEmpty();
        assertThat(request.taints()).isEmpty();
        assertThat(request.readyGates()).isEmpty();
        assertThat(request.deadline()).isNull();
        assertThat(request.requestsServingCertificate()).isFalse();
        assertThat(request.declaresRejoin()).isFalse();
    }

    @Test
    void shouldRejectATypeOfAnotherVersion() {
        assertThat(LifecycleEventType.fromCloudEventType("io.nodejoin.join.requested.v2"))
                .isEmpty();
    }
}

package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BedExtension.class)
class OutageE2E {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SharedBed bed;

    OutageE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldStartWithoutTemporalSayWhatIsMissingAndJoinOnceItComes() {
        // given
        HostWish wish = bed.wish("early");
        bed.parts().service().stop();
        bed.parts().temporal().stop();
        CompletableFuture<Void> start = CompletableFuture.runAsync(bed.parts().service()::start);
        bed.request(wish);
        bed.boot(wish, Fault.NONE);
        await("readiness that names Temporal")
                .atMost(PATIENCE)
                .until(this::readiness, text -> text.contains("[-] temporal"));
        assertThat(bed.outcomes().of(wish.node())).isEmpty();

        // when
        bed.parts().temporal().start();

        // then
        bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        assertThat(start).succeedsWithin(PATIENCE);
    }

    @Test
    void shouldGoOnWhileTheBrokerIsAwayAndTellTheOutcomeOnceItIsBack() {
        // given a join that waits for its host
        HostWish wish = bed.wish("patient");
        bed.request(wish);
        bed.outcomes().awaitAccepted(wish.node());
        bed.parts().kafka().stop();
        await("readiness that names Kafka").atMost(PATIENCE).until(this::readiness, text -> text.contains("[-] kafka"));
        bed.boot(wish, Fault.NONE);
        await("a node that became Ready without a broker")
                .atMost(PATIENCE)
                .until(() -> !bed.cluster().ready(wish.node()).isEmpty());

        // when
        bed.parts().kafka().start();

        // then
        bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        await("readiness of all").atMost(PATIENCE).until(this::readiness, text -> !text.contains("[-]"));
    }

    private String readiness() throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            bed.parts().service().admin().resolve("/readyz?verbose"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException _) {
            return "nobody listens";
        }
    }
}

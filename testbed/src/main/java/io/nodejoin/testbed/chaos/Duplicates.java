package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.JoinEventType;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Many requests, some of them twice, some out of order, some unusable, and the service dies while it reads them: each request has
 * one outcome. Their machines never come, so each ends soon after its deadline.
 */
final class Duplicates implements Experiment {
    private static final int EVENTS = 200;
    private static final int ALL_EVENTS = 10_000;
    private static final int KILLS = 3;
    private static final int DUPLICATED_PERCENT = 30;
    private static final int REORDERED_PERCENT = 10;
    private static final int POISONED_PERCENT = 5;
    private static final int PERCENT = 100;
    private static final Duration DEADLINE = Duration.ofSeconds(70);
    private static final Duration ENDS = Duration.ofMinutes(5);

    private final SecureRandom secrets = new SecureRandom();

    @Override
    public String name() {
        return "duplicates";
    }

    /** One record to be sent; without a request it is poison. */
    private record Sending(@Nullable JoinRequested request, String key, String id) {}

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        List<Going> joins = new ArrayList<>();
        List<Sending> all = sendings(scale.whole() ? ALL_EVENTS : EVENTS, lots, joins);
        for (int i = 0; i < all.size(); i++) {
            send(bed, all.get(i));
            if (i % (all.size() / KILLS) == all.size() / KILLS / 2) {
                bed.serve();
            }
        }
        List<String> failures = bed.finish(joins, scale.whole() ? ENDS.multipliedBy(4) : ENDS);
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("records", all.size());
        figures.put("unique requests", joins.size());
        figures.put(
                "outcomes",
                joins.stream()
                        .filter(join -> bed.ends().of(join.join()).isPresent())
                        .count());
        figures.put("kills of the service", KILLS);
        return new Findings(name(), figures, failures);
    }

    private List<Sending> sendings(int records, Random lots, List<Going> joins) {
        List<Sending> all = new ArrayList<>();
        Instant deadline = Instant.now().plus(DEADLINE);
        while (all.size() < records) {
            String id = UUID.randomUUID().toString();
            if (lots.nextInt(PERCENT) < POISONED_PERCENT) {
                all.add(new Sending(null, ChaosBed.CLUSTER + "/poison", id));
            } else {
                HostWish wish = HostWish.of("many-" + joins.size(), false, secrets);
                JoinRequested request = wish.asking(ChaosBed.CLUSTER, SimulatedHosts.ADDRESS)
                        .deadline(deadline)
                        .build();
                Sending sending = new Sending(request, ChaosBed.key(wish), id);
                joins.add(new Going(wish.node(), JoinId.of(JoinRequests.SOURCE, id), Course.ALONE));
                all.add(sending);
                if (lots.nextInt(PERCENT) < DUPLICATED_PERCENT) {
                    all.add(sending);
                }
            }
        }
        for (int i = 1; i < all.size(); i++) {
            if (lots.nextInt(PERCENT) < REORDERED_PERCENT) {
                all.add(lots.nextInt(i), all.remove(i));
            }
        }
        return all;
    }

    private static void send(ChaosBed bed, Sending sending) {
        if (sending.request() == null) {
            bed.requests()
                    .send(
                            JoinEventType.JOIN_REQUESTED.type(),
                            "join me, please".getBytes(StandardCharsets.UTF_8),
                            sending.key(),
                            sending.id());
        } else {
            bed.requests().send(sending.request(), sending.key(), sending.id());
        }
    }
}

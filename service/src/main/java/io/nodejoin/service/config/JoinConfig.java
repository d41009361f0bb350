package io.nodejoin.service.config;

import java.time.Duration;

/**
 * The section {@code join}.
 *
 * @param deadline the deadline of a join whose request has none; below the 15 minutes after which autoscalers give up
 * @param tokenTtl the maximum lifetime of a token
 */
public record JoinConfig(Duration deadline, Duration tokenTtl) {
    public JoinConfig {
        deadline = Check.range(
                "join.deadline",
                Check.orDefault(deadline, Duration.ofMinutes(14)),
                Duration.ofSeconds(30),
                Duration.ofHours(24));
        tokenTtl = Check.range(
                "join.tokenTtl",
                Check.orDefault(tokenTtl, Duration.ofMinutes(10)),
                Duration.ofMinutes(1),
                Duration.ofMinutes(15));
    }
}

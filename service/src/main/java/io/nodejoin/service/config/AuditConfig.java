package io.nodejoin.service.config;

import java.nio.file.Path;

/**
 * The section {@code audit}.
 *
 * @param file where every effect is recorded before it happens; without it being writable there are no effects
 */
public record AuditConfig(Path file) {
    public AuditConfig {
        file = Check.orDefault(file, Path.of("/var/lib/nodejoin/audit.jsonl"));
    }
}

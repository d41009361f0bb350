package io.nodejoin.service.config;

import java.nio.file.Path;

/**
 * The section {@code audit}.
 *
 * @param file the audit log, written before every effect; without it there are no effects
 */
public record AuditConfig(Path file) {
    public AuditConfig {
        file = Check.orDefault(file, Path.of("/var/lib/nodejoin/audit.jsonl"));
    }
}

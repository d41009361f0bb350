package io.nodejoin.testbed.links;

import eu.rekawek.toxiproxy.model.Toxic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A link in its trouble. */
public final class BrokenLink {
    private final OwnToxics own;
    private final Trouble trouble;
    private final List<Toxic> toxics;
    private final long before;

    BrokenLink(OwnToxics own, Trouble trouble, List<Toxic> toxics, long before) {
        this.own = own;
        this.trouble = trouble;
        this.toxics = List.copyOf(toxics);
        this.before = before;
    }

    /** How many bytes have come so far to where the link is broken. */
    public long met() {
        try {
            return own.bytes(trouble.met()) - before;
        } catch (IOException e) {
            throw new UncheckedIOException("a link does not tell what it has met", e);
        }
    }

    /** Ends the trouble, once; returns what it has {@link #met}. */
    public long mend() {
        long bytes = met();
        try {
            for (Toxic toxic : toxics) {
                toxic.remove();
            }
            switch (trouble) {
                case LATE_ANSWERS -> own.delay(trouble.met(), Duration.ZERO);
                case FORGOTTEN -> own.forgetBefore(Instant.now());
                case PARTITION, LOST_REQUESTS, LOST_ANSWERS, RESET -> {}
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("a link cannot be mended", e);
        }
    }
}

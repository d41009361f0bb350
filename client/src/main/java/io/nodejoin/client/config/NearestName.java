package io.nodejoin.client.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** Finds the name that somebody has probably meant: one that differs by a slip of the keys, or goes on where it ends. */
public final class NearestName {
    /** One slip in this many characters. */
    private static final int CHARACTERS_PER_SLIP = 3;
    /** So many characters at least tell what a name begins with. */
    private static final int SHORTEST_BEGINNING = 3;

    private static final DamerauLevenshteinDistance DISTANCE = new DamerauLevenshteinDistance();

    private NearestName() {}

    private record Candidate(String name, int distance) {}

    /** Returns the nearest of the known names; empty if none is near. */
    public static Optional<String> of(String mistyped, Collection<String> known) {
        return known.stream()
                .map(name -> new Candidate(name, differences(fold(mistyped), fold(name))))
                .filter(candidate -> candidate.distance() <= slips(mistyped))
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    private static int differences(String mistyped, String name) {
        boolean begins = mistyped.length() >= SHORTEST_BEGINNING && name.startsWith(mistyped);
        return begins ? Math.min(1, name.length() - mistyped.length()) : DISTANCE.apply(mistyped, name);
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static int slips(String mistyped) {
        return Math.max(1, mistyped.length() / CHARACTERS_PER_SLIP);
    }
}

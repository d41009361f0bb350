package io.nodejoin.service.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody has probably meant: one that differs by a slip of the keys, or goes on where it ends. */
public final class NearestName {
    /** One slip in this many characters. */
    private static final int CHARACTERS_PER_SLIP = 3;
    /** So many characters at least tell what a name begins with. */
    private static final int SHORTEST_BEGINNING = 3;

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
        return begins ? Math.min(1, name.length() - mistyped.length()) : distance(mistyped, name);
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static int slips(String mistyped) {
        return Math.max(1, mistyped.length() / CHARACTERS_PER_SLIP);
    }

    /** Returns how many characters have to be inserted, deleted, replaced or swapped with the next one. */
    private static int distance(String from, String to) {
        int[][] costs = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                costs[i][j] = i == 0 || j == 0 ? i + j : cheapest(costs, from, to, i, j);
            }
        }
        return costs[from.length()][to.length()];
    }

    private static int cheapest(int[][] costs, String from, String to, int i, int j) {
        int replaced = costs[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(costs[i - 1][j], costs[i][j - 1]));
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(best, 1 + costs[i - 2][j - 2]) : best;
    }
}

package io.nodejoin.client.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a process of the service does. One process has all roles, or several share them, so that who takes over a process, or
 * steals its credentials, has those of its roles only.
 */
public enum Role {
    /** Reads requests from Kafka, starts joins and leaves, and shows the dashboard. Has no credential for any cluster. */
    @JsonProperty("intake")
    INTAKE,
    /** Runs joins and leaves: mints tokens, writes Nodes, publishes events, collects garbage. */
    @JsonProperty("worker")
    WORKER,
    /** Talks to the agents, whose certificates it issues. Has no credential for any cluster. */
    @JsonProperty("gateway")
    GATEWAY,
    /** Decides certificate requests. Its account at a cluster need not be able to mint tokens. */
    @JsonProperty("approver")
    APPROVER;

    /** Returns the word for it in the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns all roles. */
    public static Set<Role> all() {
        return ordered(EnumSet.allOf(Role.class));
    }

    /**
     * Returns the roles that a comma-separated list names.
     *
     * @throws IllegalArgumentException if a word is no role, or if there is none
     */
    public static Set<Role> parse(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(word -> ofWord(word.strip()))
                .collect(Collectors.collectingAndThen(
                        Collectors.toCollection(() -> EnumSet.noneOf(Role.class)), Role::ordered));
    }

    /** Returns a copy in the order of their declaration. */
    public static Set<Role> ordered(Set<Role> roles) {
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("roles is empty; name at least one of " + words());
        }
        return Collections.unmodifiableSet(EnumSet.copyOf(roles));
    }

    private static Role ofWord(String word) {
        Optional<Role> role = Arrays.stream(values())
                .filter(known -> known.word().equals(word))
                .findFirst();
        return role.orElseThrow(() -> new IllegalArgumentException("'" + word + "' is no role; "
                + NearestName.of(word, Arrays.stream(values()).map(Role::word).toList())
                        .map(near -> "did you mean " + near + "? ")
                        .orElse("")
                + "roles: " + words()));
    }

    private static String words() {
        return Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", "));
    }
}

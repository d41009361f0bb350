package io.nodejoin.client.kafka;

import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * What a key may sign, as two members of its JWK (RFC 7517 allows others than its own): {@code nodejoin_kinds} and
 * {@code nodejoin_pools}, a list of texts each.
 *
 * @param kinds the kinds of requests; empty for any
 * @param pools the pools of the requests; empty for any, and for requests without a pool
 */
public record KeyScope(Set<Kind> kinds, Set<PoolName> pools) {
    /** The scope of a key that may sign every request. */
    public static final KeyScope ANY = new KeyScope(Set.of(), Set.of());

    private static final String PREFIX = "nodejoin";
    private static final String KINDS = "nodejoin_kinds";
    private static final String POOLS = "nodejoin_pools";

    /** A kind of request. */
    public enum Kind {
        JOIN(LifecycleEventType.JOIN_REQUESTED),
        CANCEL(LifecycleEventType.JOIN_CANCEL_REQUESTED),
        LEAVE(LifecycleEventType.LEAVE_REQUESTED),
        OFFER(LifecycleEventType.MACHINE_OFFERED),
        WITHDRAW(LifecycleEventType.MACHINE_WITHDRAWN);

        private final LifecycleEventType type;

        Kind(LifecycleEventType type) {
            this.type = type;
        }

        /** Returns the word for it in keys and on the command line. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns the kind with this word. */
        public static Optional<Kind> ofWord(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word().equals(word))
                    .findFirst();
        }
    }

    public KeyScope {
        kinds = kinds.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(kinds));
        pools = Collections.unmodifiableSet(new LinkedHashSet<>(pools));
    }

    /**
     * Returns the scope of a key.
     *
     * @throws JoseException if it has none that can be understood: a limit with a typing error must not become none
     */
    public static KeyScope of(JsonWebKey key) throws JoseException {
        Map<String, Object> members = key.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        for (String member : members.keySet()) {
            if (member.startsWith(PREFIX) && !member.equals(KINDS) && !member.equals(POOLS)) {
                throw new JoseException("the key " + key.getKeyId() + " has the unknown limit " + member
                        + "; known are " + KINDS + " and " + POOLS);
            }
        }
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (String word : texts(key, KINDS, members)) {
            kinds.add(Kind.ofWord(word)
                    .orElseThrow(() -> new JoseException(KINDS + " of the key " + key.getKeyId()
                            + " names an unknown kind of request; known are join, cancel, leave, offer and withdraw")));
        }
        Set<PoolName> pools = new LinkedHashSet<>();
        for (String name : texts(key, POOLS, members)) {
            try {
                pools.add(new PoolName(name));
            } catch (IllegalArgumentException e) {
                throw new JoseException(POOLS + " of the key " + key.getKeyId() + ": a name " + e.getMessage(), e);
            }
        }
        return new KeyScope(kinds, pools);
    }

    private static List<String> texts(JsonWebKey key, String member, Map<String, Object> members) throws JoseException {
        Object value = members.get(member);
        if (value == null && !members.containsKey(member)) {
            return List.of();
        }
        if (value instanceof Collection<?> list
                && !list.isEmpty()
                && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new JoseException(member + " of the key " + key.getKeyId() + " is no list of texts with at least one");
    }

    /** Writes the limits into a key. */
    public void limit(JsonWebKey key) {
        if (!kinds.isEmpty()) {
            key.setOtherParameter(KINDS, kinds.stream().map(Kind::word).toList());
        }
        if (!pools.isEmpty()) {
            key.setOtherParameter(POOLS, pools.stream().map(PoolName::value).toList());
        }
    }

    /** Returns whether a request of this type and pool may be signed with the key. */
    public boolean allows(LifecycleEventType type, @Nullable PoolName pool) {
        boolean ofKind = kinds.isEmpty() || kinds.stream().anyMatch(kind -> kind.type == type);
        return ofKind && (pools.isEmpty() || (pool != null && pools.contains(pool)));
    }

    /** Returns whether a request may act only on nodes and requests of its own pool. */
    public boolean confinesToPool() {
        return !pools.isEmpty();
    }

    /** Returns the kinds as people read them. */
    public String describeKinds() {
        return kinds.isEmpty() ? "any" : kinds.stream().map(Kind::word).collect(Collectors.joining(","));
    }

    /** Returns the pools as people read them. */
    public String describePools() {
        return pools.isEmpty() ? "any" : pools.stream().map(PoolName::value).collect(Collectors.joining(","));
    }
}

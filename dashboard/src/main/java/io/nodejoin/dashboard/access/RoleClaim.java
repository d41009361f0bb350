package io.nodejoin.dashboard.access;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claim whose values give a role.
 *
 * @param claim the name of the claim; dots lead into objects unless a claim has this very name
 * @param viewers values that make a viewer
 * @param operators values that make an operator
 */
public record RoleClaim(String claim, Set<String> viewers, Set<String> operators) {
    public RoleClaim {
        viewers = Set.copyOf(viewers);
        operators = Set.copyOf(operators);
    }

    /** Returns the highest role that the values of the claim give; empty if they give none. */
    Optional<Role> role(Map<String, ?> claims) {
        return role(granting(claims));
    }

    /** Returns those values of the claim that give a role. */
    List<String> granting(Map<String, ?> claims) {
        return values(claims).stream()
                .filter(value -> operators.contains(value) || viewers.contains(value))
                .toList();
    }

    /** Returns the highest role that these values give; empty if they give none. */
    Optional<Role> role(List<String> values) {
        if (values.stream().anyMatch(operators::contains)) {
            return Optional.of(Role.OPERATOR);
        }
        return values.stream().anyMatch(viewers::contains) ? Optional.of(Role.VIEWER) : Optional.empty();
    }

    private List<String> values(Map<String, ?> claims) {
        return switch (find(claims, claim)) {
            case String value -> List.of(value);
            case Collection<?> all ->
                all.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList();
            case null, default -> List.of();
        };
    }

    private static @Nullable Object find(Map<?, ?> claims, String path) {
        Object found = claims.get(path);
        int dot = path.indexOf('.');
        if (found != null || dot < 0) {
            return found;
        }
        return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? find(inner, path.substring(dot + 1))
                : null;
    }
}

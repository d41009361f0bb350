package io.nodejoin.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenHistoryTest {
    private final List<String> gone = new ArrayList<>();
    private final TokenHistory history =
            new TokenHistory((token, bearer) -> gone.add(token.ref().uid() + " " + bearer));

    @Test
    void shouldTellOfTwoTokensOfAJoinThatLiveAtOnce() {
        // when
        history.onAdd(token("first1", "uid-1"));
        history.onAdd(token("second", "uid-2"));

        // then
        assertThat(overlaps()).containsExactly("uid-1 uid-2");
    }

    @Test
    void shouldTellNothingOfATokenThatIsGoneBeforeTheNextOne() {
        // when
        history.onAdd(token("first1", "uid-1"));
        history.onDelete(token("first1", "uid-1"), false);
        history.onAdd(token("second", "uid-2"));

        // then
        assertThat(overlaps()).isEmpty();
        assertThat(gone).containsExactly("uid-1 first1.secret-of-uid-1");
    }

    @Test
    void shouldNotTakeOrderOfANewListForThatOfWhatHappened() {
        // when
        history.onAdd(token("first1", "uid-1"));
        history.onAdd(token("second", "uid-2"));
        history.onDelete(token("first1", "uid-1"), true);

        // then
        assertThat(overlaps()).isEmpty();
    }

    @Test
    void shouldTakeATokenThatWasMadeAnewUnderItsNameForGone() {
        // when
        history.onAdd(token("first1", "uid-1"));
        history.onUpdate(token("first1", "uid-1"), token("first1", "uid-2"));
        history.onDelete(token("first1", "uid-2"), false);
        history.onAdd(token("second", "uid-3"));

        // then
        assertThat(overlaps()).isEmpty();
        assertThat(gone).containsExactly("uid-1 first1.secret-of-uid-1", "uid-2 first1.secret-of-uid-2");
    }

    @Test
    void shouldTellOfATokenThatWasMadeAnewBesideAnother() {
        // when
        history.onAdd(token("first1", "uid-1"));
        history.onDelete(token("first1", "uid-1"), false);
        history.onAdd(token("second", "uid-2"));
        history.onUpdate(token("second", "uid-2"), token("second", "uid-3"));
        history.onAdd(token("third1", "uid-4"));

        // then
        assertThat(overlaps()).containsExactly("uid-3 uid-4");
    }

    @Test
    void shouldKeepTheSecretsOfAllThatHadOneName() {
        // when
        history.onAdd(token("first1", "uid-1"));
        history.onUpdate(token("first1", "uid-1"), token("first1", "uid-2"));

        // then
        assertThat(history.secrets().values()).containsExactlyInAnyOrder("secret-of-uid-1", "secret-of-uid-2");
    }

    private List<String> overlaps() {
        return history.overlaps().stream()
                .map(overlap -> overlap.first().ref().uid() + " "
                        + overlap.second().ref().uid())
                .toList();
    }

    private static Secret token(String id, String uid) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName("bootstrap-token-" + id)
                .withUid(uid)
                .withResourceVersion("1")
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .withLabels(Map.of("nodejoin.io/join-id", "0123456789abcdef0123456789abcdef"))
                .endMetadata()
                .withData(Map.of("token-id", base64(id), "token-secret", base64("secret-of-" + uid)))
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}

package io.nodejoin.agent.csr;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;

/** Receives the events of a watch, one a line, and looks for the certificate in each. */
final class CsrWatch implements Flow.Subscriber<String> {
    private static final JsonMapper JSON = new JsonMapper();

    private final Function<JsonNode, Optional<List<X509Certificate>>> issuedChain;
    private final CompletableFuture<Optional<List<X509Certificate>>> end = new CompletableFuture<>();

    /** @param issuedChain finds the certificate in an object; what it throws ends the watch */
    CsrWatch(Function<JsonNode, Optional<List<X509Certificate>>> issuedChain) {
        this.issuedChain = issuedChain;
    }

    /** Returns the certificate; empty if the watch ended without one, or something is not understood. */
    CompletableFuture<Optional<List<X509Certificate>>> end() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String event) {
        try {
            Optional<List<X509Certificate>> chain =
                    issuedChain.apply(JSON.readTree(event).path("object"));
            if (chain.isPresent()) {
                end.complete(chain);
            }
        } catch (JsonProcessingException e) {
            end.complete(Optional.empty());
        } catch (RuntimeException e) { // the one who waits handles it
            end.completeExceptionally(e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.complete(Optional.empty());
    }

    @Override
    public void onComplete() {
        end.complete(Optional.empty());
    }
}

package io.nodejoin.workflows.certificate;

import java.time.Instant;

/**
 * Asks for a serving certificate of exactly this inventory.
 *
 * @param deadline when waiting ends
 */
public record ServingOrder(ServingInventory inventory, Instant deadline) {}

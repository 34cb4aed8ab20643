package io.kintsugi.admin;

import io.kintsugi.catalog.Catalog;
import io.kintsugi.cluster.Topology;

/** The rooms of a store that runs, as far as this one asks them. */
public record Rooms(Topology topology, Catalog catalog) {}

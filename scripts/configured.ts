/** Variables that say which servers to use: in the environment of a demo they are meant for another installation. */
export const CONFIGURED = /^(FLEXPERTO|SIGNING|TEMPORAL)_/;

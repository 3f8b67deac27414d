"""The records that travel between the rooms: `pages` from the crawl, `dialogues` from there on."""

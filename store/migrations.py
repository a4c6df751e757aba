"""The tables, as numbered steps from an empty file to the newest version.

``PRAGMA user_version`` counts the steps that a file has seen. A step that was released is never
changed; a new one is added at the end. Columns named in the specification keep its names. Times are
seconds since the epoch; sizes are bytes; file names are text, or bytes where they are not UTF-8
(``store.connection.path_to_sql``); plans, commands and verifications are JSON.
"""

from __future__ import annotations

from typing import Tuple

from core.states import JobState

FINAL_STATES = ", ".join(f"'{state.value}'" for state in JobState if state.final)

_SETTINGS = ("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",)

_JOBS = (
    """
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        filename TEXT NOT NULL,
        status TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0,    -- higher goes first
        position REAL NOT NULL,                 -- lower goes first among equals
        attempt INTEGER NOT NULL DEFAULT 1,
        added_at TIMESTAMP NOT NULL,
        start_time TIMESTAMP,
        end_time TIMESTAMP,
        end_date TEXT,                          -- the day that statistics counts it under
        original_size INTEGER,
        processed_size INTEGER,
        target TEXT,                            -- the film's name afterwards, where it differs
        native_language TEXT NOT NULL DEFAULT '', -- what the user said it was made in
        instance_id TEXT,
        step TEXT NOT NULL DEFAULT '',
        message TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        error_message TEXT,
        command_used TEXT
    )
    """,
    # One film is never in two unfinished jobs.
    f"CREATE UNIQUE INDEX jobs_open ON jobs (filename) WHERE status NOT IN ({FINAL_STATES})",
    "CREATE INDEX jobs_queue ON jobs (status, priority DESC, position, id)",
    "CREATE INDEX jobs_history ON jobs (status, end_time)",
    # In a table of their own, so that listing a hundred thousand jobs does not read them.
    """
    CREATE TABLE job_details (
        job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
        plan TEXT,
        verification TEXT
    )
    """,
)

_STATISTICS = (
    """
    CREATE TABLE statistics (
        date TEXT PRIMARY KEY,
        jobs_completed INTEGER NOT NULL DEFAULT 0,
        jobs_failed INTEGER NOT NULL DEFAULT 0,
        total_size_processed INTEGER NOT NULL DEFAULT 0,
        total_size_saved INTEGER NOT NULL DEFAULT 0,
        average_processing_time REAL NOT NULL DEFAULT 0
    ) WITHOUT ROWID
    """,
)

_API_KEYS = (
    """
    CREATE TABLE api_keys (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        service TEXT,
        instance_name TEXT,
        url TEXT,
        api_key TEXT,
        last_used TIMESTAMP,
        daily_uses INTEGER DEFAULT 0,
        last_reset_date TEXT,
        last_error TEXT,
        error_count INTEGER DEFAULT 0,
        is_active BOOLEAN DEFAULT 1
    )
    """,
)

_VERDICTS = (
    """
    CREATE TABLE verdicts (
        content TEXT NOT NULL,                  -- store.verdicts.fingerprint
        signature TEXT NOT NULL,                -- the plan's
        verdict TEXT NOT NULL,
        message TEXT NOT NULL DEFAULT '',
        decided_at TIMESTAMP NOT NULL,
        PRIMARY KEY (content, signature)
    ) WITHOUT ROWID
    """,
)

_JOURNAL = (
    """
    CREATE TABLE journal (                      -- store.journal
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_id INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        source TEXT NOT NULL,
        target TEXT NOT NULL,
        staged TEXT NOT NULL,
        holding TEXT NOT NULL,
        source_identity TEXT NOT NULL,
        run TEXT NOT NULL,
        owner_pid INTEGER NOT NULL,
        owner_started REAL NOT NULL,
        created_at TIMESTAMP NOT NULL,
        work TEXT,
        stage TEXT NOT NULL,
        outcome TEXT NOT NULL,
        original TEXT NOT NULL,
        result_identity TEXT,
        swapped_at TIMESTAMP,
        report TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX journal_unfinished ON journal (stage) WHERE stage <> 'done'",
    "CREATE INDEX journal_held ON journal (swapped_at) WHERE original = 'held'",
    "CREATE INDEX journal_jobs ON journal (job_id)",
    "CREATE INDEX journal_sources ON journal (source)",
    "CREATE INDEX journal_targets ON journal (target)",
)

_METADATA = (
    "ALTER TABLE api_keys ADD COLUMN priority INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE api_keys ADD COLUMN blocked_until TIMESTAMP",
    "ALTER TABLE api_keys ADD COLUMN path_mappings TEXT NOT NULL DEFAULT ''",  # JSON
    # The uses of each minute, so that no 24 hours ever hold more than the limit, wherever they begin.
    """
    CREATE TABLE api_uses (
        key_id INTEGER NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
        started_at TIMESTAMP NOT NULL,
        used_at TIMESTAMP NOT NULL,             -- the last of these uses
        uses INTEGER NOT NULL
    )
    """,
    "CREATE INDEX api_uses_of_key ON api_uses (key_id, used_at)",
    """
    CREATE TABLE metadata_cache (               -- store.metadata_cache
        source TEXT NOT NULL,
        title TEXT NOT NULL,
        answer TEXT,                            -- JSON; NULL: the source does not know the title
        fetched_at TIMESTAMP NOT NULL,
        expires_at TIMESTAMP NOT NULL,
        PRIMARY KEY (source, title)
    ) WITHOUT ROWID
    """,
)

# Watched folders: which files were seen, and their content.
_MONITORING = (
    """
    CREATE TABLE watched_folders (              -- store.watched_folders
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL UNIQUE,
        enabled BOOLEAN NOT NULL,
        recursive BOOLEAN NOT NULL,
        include TEXT NOT NULL,                  -- JSON, as are the next and the last
        ignore TEXT NOT NULL,
        minimum_size INTEGER NOT NULL,
        content_type TEXT NOT NULL,
        observer TEXT NOT NULL,
        priority INTEGER NOT NULL,
        own_settings TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE seen_directories (             -- so that no file repeats its directory's name
        id INTEGER PRIMARY KEY,
        folder_id INTEGER NOT NULL REFERENCES watched_folders (id) ON DELETE CASCADE,
        path TEXT NOT NULL,                     -- below the watched folder, with /
        UNIQUE (folder_id, path)
    )
    """,
    """
    CREATE TABLE seen_files (                   -- store.seen_files
        id INTEGER PRIMARY KEY,
        directory_id INTEGER NOT NULL REFERENCES seen_directories (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        file_id INTEGER NOT NULL,               -- 0 where the file system gives none
        content TEXT NOT NULL,                  -- store.verdicts.fingerprint
        duration REAL NOT NULL,                 -- seconds; 0 where it is no film
        kind TEXT NOT NULL,
        missing_since TIMESTAMP,
        UNIQUE (directory_id, name)
    )
    """,
    "CREATE INDEX seen_files_id ON seen_files (file_id)",
    "CREATE INDEX seen_files_content ON seen_files (content)",
    "CREATE INDEX seen_files_missing ON seen_files (missing_since) WHERE missing_since IS NOT NULL",
    "CREATE INDEX jobs_films ON jobs (filename)",
    # 0: a film that was queued by hand. Of the job, not a reference: the history outlives the folder.
    "ALTER TABLE jobs ADD COLUMN folder_id INTEGER NOT NULL DEFAULT 0",
)

# The queue's state, so that a restart loses nothing: kinds, delays, pauses.
_QUEUE = (
    "ALTER TABLE jobs ADD COLUMN kind TEXT NOT NULL DEFAULT ''",  # core.queue.job.JobKind
    "ALTER TABLE jobs ADD COLUMN not_before TIMESTAMP",  # it waits until then
    "ALTER TABLE jobs ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE jobs ADD COLUMN delays INTEGER NOT NULL DEFAULT 0",  # how often it was put off
    # The next job is found without skipping those that wait for their time.
    """
    CREATE INDEX jobs_ready ON jobs (priority DESC, position, id)
        WHERE status = 'queued' AND not_before IS NULL
    """,
    """
    CREATE INDEX jobs_planned ON jobs (priority DESC, position, id, kind)
        WHERE status = 'queued' AND kind <> ''
    """,
    "CREATE INDEX jobs_waiting ON jobs (not_before) WHERE not_before IS NOT NULL",
    # How long jobs have taken: core.queue.estimate.
    """
    CREATE TABLE speeds (
        measure TEXT NOT NULL,
        instance_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        template TEXT NOT NULL,
        resolution TEXT NOT NULL,
        jobs REAL NOT NULL,
        mean REAL NOT NULL,                     -- of the logarithm of seconds a unit
        squares REAL NOT NULL,
        PRIMARY KEY (measure, instance_id, kind, template, resolution)
    ) WITHOUT ROWID
    """,
    # What the user asked of the whole queue: store.queue_state.
    "CREATE TABLE queue_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # How many jobs there are in each state, so that nobody has to count a million of them.
    "CREATE TABLE job_counts (status TEXT PRIMARY KEY, jobs INTEGER NOT NULL) WITHOUT ROWID",
    "INSERT INTO job_counts SELECT status, count(*) FROM jobs GROUP BY status",
    """
    CREATE TRIGGER job_counted AFTER INSERT ON jobs BEGIN
        INSERT INTO job_counts VALUES (NEW.status, 1)
            ON CONFLICT (status) DO UPDATE SET jobs = jobs + 1;
    END
    """,
    """
    CREATE TRIGGER job_moved AFTER UPDATE OF status ON jobs WHEN OLD.status <> NEW.status BEGIN
        UPDATE job_counts SET jobs = jobs - 1 WHERE status = OLD.status;
        INSERT INTO job_counts VALUES (NEW.status, 1)
            ON CONFLICT (status) DO UPDATE SET jobs = jobs + 1;
    END
    """,
    """
    CREATE TRIGGER job_forgotten AFTER DELETE ON jobs BEGIN
        UPDATE job_counts SET jobs = jobs - 1 WHERE status = OLD.status;
    END
    """,
)

# The facts of a job's end that the figures are made from.
_STATISTICS_FIGURES = (
    "ALTER TABLE jobs ADD COLUMN content_type TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobs ADD COLUMN video_before TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobs ADD COLUMN video_after TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobs ADD COLUMN resolution TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobs ADD COLUMN template TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobs ADD COLUMN film_seconds REAL NOT NULL DEFAULT 0",
    # Each end of a job, also of one that was tried again later: store.figures.
    """
    CREATE TABLE job_ends (
        id INTEGER PRIMARY KEY,
        job_id INTEGER NOT NULL,
        date TEXT NOT NULL,
        state TEXT NOT NULL,
        size_before INTEGER NOT NULL,
        size_after INTEGER NOT NULL,
        seconds REAL NOT NULL,
        film_seconds REAL NOT NULL,
        machine TEXT NOT NULL,
        content TEXT NOT NULL,
        codec TEXT NOT NULL,
        resolution TEXT NOT NULL,
        template TEXT NOT NULL,
        details TEXT NOT NULL                   -- JSON: codecs of the sound, seconds of each step
    )
    """,
    "CREATE INDEX job_ends_days ON job_ends (date)",
    """
    CREATE TABLE figures (
        dimension TEXT NOT NULL,                -- core.reporting.statistics.Dimension
        date TEXT NOT NULL,
        name TEXT NOT NULL,
        completed INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        skipped INTEGER NOT NULL,
        size_before INTEGER NOT NULL,
        size_after INTEGER NOT NULL,
        seconds REAL NOT NULL,
        film_seconds REAL NOT NULL,
        PRIMARY KEY (dimension, date, name)
    ) WITHOUT ROWID
    """,
    """
    INSERT INTO job_ends (job_id, date, state, size_before, size_after, seconds, film_seconds, machine,
        content, codec, resolution, template, details)
    SELECT id, end_date, status, coalesce(original_size, 0),
        coalesce(processed_size, original_size, 0),
        max(0.0, end_time - coalesce(start_time, end_time)), 0, coalesce(instance_id, ''),
        '', '', '', '', ''
    FROM jobs WHERE end_date IS NOT NULL AND status IN ('completed', 'failed', 'skipped')
    """,
    """
    INSERT INTO figures
    SELECT 'all', date, '', sum(state = 'completed'), sum(state = 'failed'), sum(state = 'skipped'),
        sum(CASE WHEN state = 'completed' THEN size_before ELSE 0 END),
        sum(CASE WHEN state = 'completed' THEN size_after ELSE 0 END),
        sum(CASE WHEN state = 'completed' THEN seconds ELSE 0 END), 0
    FROM job_ends GROUP BY date
    """,
    """
    CREATE INDEX jobs_saved ON jobs (original_size - processed_size)
        WHERE status = 'completed' AND end_date IS NOT NULL
    """,
    "CREATE INDEX jobs_ended_on ON jobs (end_date) WHERE status = 'completed' AND end_date IS NOT NULL",
)

# The machines paired with this one; secrets are sealed by store.vault.
_NODES = (
    """
    CREATE TABLE nodes (                        -- the slaves of this machine as a master
        instance_id TEXT PRIMARY KEY,
        name TEXT NOT NULL DEFAULT '',
        address TEXT NOT NULL DEFAULT '',
        version TEXT NOT NULL DEFAULT '',
        capabilities TEXT NOT NULL DEFAULT '{}', -- JSON
        last_seen TIMESTAMP NOT NULL DEFAULT 0,
        secret TEXT NOT NULL,
        revoked_at TIMESTAMP
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE masters (                      -- the masters of this machine as a slave
        instance_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        reached_at TIMESTAMP NOT NULL,
        secret TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# How many films are planned ahead is counted by kind; those that wait for their time do not count.
_AHEAD = (
    """
    CREATE INDEX jobs_ahead ON jobs (kind)
        WHERE status = 'queued' AND kind <> '' AND not_before IS NULL
    """,
)

# Work shared between machines.
_CLUSTER_WORK = (
    """
    CREATE TABLE leases (                       -- store.leases: of a master
        job_id INTEGER PRIMARY KEY,
        attempt INTEGER NOT NULL,
        node_id TEXT NOT NULL,
        offer TEXT NOT NULL,                    -- JSON, as are the next two
        tools TEXT NOT NULL,
        report TEXT NOT NULL,                   -- what the node handed in; empty before
        held BOOLEAN NOT NULL                   -- 0: its time ran out, its node may still come back
    )
    """,
    """
    CREATE TABLE slave_jobs (                   -- store.slave_jobs: of a slave
        master_id TEXT NOT NULL,
        job_id INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        result TEXT NOT NULL,
        folder TEXT NOT NULL,
        report TEXT NOT NULL,                   -- JSON; empty while it is in work
        PRIMARY KEY (master_id, job_id, attempt)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE found_films (path TEXT PRIMARY KEY, size INTEGER NOT NULL, content TEXT NOT NULL)",
)

# What a slave was told to do, kept over restarts.
_SLAVE_WISH = (
    """
    CREATE TABLE slave_wish (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        master_id TEXT NOT NULL,
        wish TEXT NOT NULL                      -- sharing.slave.state
    )
    """,
)

# A slave's user may let it pause for a while (master_id is "" then), as the queue does.
_SLAVE_PAUSE = ("ALTER TABLE slave_wish ADD COLUMN until REAL",)

# For how long originals have surely been kept, and the clocks at the last look (store.held_time).
_HELD_TIME = (
    "ALTER TABLE journal ADD COLUMN held_seconds REAL NOT NULL DEFAULT 0",
    """
    CREATE TABLE clock_seen (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        newest REAL NOT NULL,                   -- seconds since the epoch
        monotonic REAL NOT NULL,                -- seconds since the machine's start
        strange REAL NOT NULL                   -- seconds
    )
    """,
)

# Content of films and their originals, to know them wherever they are, and their former names.
_KEPT_ORIGINALS = (
    "ALTER TABLE journal ADD COLUMN source_content TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE journal ADD COLUMN result_content TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX journal_results ON journal (result_content) WHERE original = 'held'",
    """
    CREATE TABLE former_names (                 -- of films whose original is kept: store.journal
        path TEXT NOT NULL,
        entry_id INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
        PRIMARY KEY (path, entry_id)
    ) WITHOUT ROWID
    """,
)

# What each encoder answered to a test encode: store.encoder_proofs.
_ENCODER_PROOFS = (
    """
    CREATE TABLE encoder_proofs (
        tool TEXT NOT NULL,
        encoder TEXT NOT NULL,
        program TEXT NOT NULL,                  -- which file, of which version
        driver TEXT NOT NULL,
        asked_at TIMESTAMP NOT NULL,
        answers TEXT NOT NULL,                  -- JSON
        PRIMARY KEY (tool, encoder)
    ) WITHOUT ROWID
    """,
    # Programs that hung when they were asked for their version: store.silent_programs.
    "CREATE TABLE silent_programs (program TEXT PRIMARY KEY, since TIMESTAMP NOT NULL) WITHOUT ROWID",
)

# What is never touched (store.exclusions), and jobs that are done again or nevertheless (core.queue.job).
_EXCLUSIONS = (
    """
    CREATE TABLE exclusions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        place TEXT NOT NULL UNIQUE,             -- as names are compared
        true_place TEXT NOT NULL,               -- the same without links
        is_folder BOOLEAN NOT NULL,
        cause TEXT NOT NULL,
        note TEXT NOT NULL,
        added_at TIMESTAMP NOT NULL,
        size INTEGER NOT NULL,                  -- of a film; it and its content
        content TEXT NOT NULL
    )
    """,
    "CREATE INDEX exclusions_true_place ON exclusions (true_place)",
    "CREATE INDEX exclusions_size ON exclusions (size, content) WHERE content <> ''",
    "ALTER TABLE jobs ADD COLUMN again TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE jobs ADD COLUMN anyway BOOLEAN NOT NULL DEFAULT 0",
    "CREATE INDEX jobs_again ON jobs (filename) WHERE again = 'original'",
)

# What a stored sentence is made of, as JSON, to show it in another language: core.text.sentence.
_SENTENCES = (
    "ALTER TABLE jobs ADD COLUMN message_parts TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE verdicts ADD COLUMN message_parts TEXT NOT NULL DEFAULT ''",
)

# What the watched folders hold (store.library), and by which rule the queue is in order (store.queue_order).
_LIBRARY = (
    """
    CREATE TABLE library_films (
        id INTEGER PRIMARY KEY,
        directory_id INTEGER NOT NULL REFERENCES seen_directories (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        path TEXT NOT NULL,                     -- the whole, as in jobs.filename
        folder_id INTEGER NOT NULL,
        root TEXT NOT NULL,                     -- the watched folder
        shelf TEXT NOT NULL,                    -- the folder right below it that the film lies in
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        kind TEXT NOT NULL,                     -- core.media.seen_file.SeenKind
        rules TEXT NOT NULL DEFAULT '',         -- what it was looked at with; '': not yet
        codec TEXT NOT NULL DEFAULT '',
        width INTEGER NOT NULL DEFAULT 0,
        height INTEGER NOT NULL DEFAULT 0,
        resolution TEXT NOT NULL DEFAULT '',
        hdr TEXT NOT NULL DEFAULT '',
        duration REAL NOT NULL DEFAULT 0,       -- seconds
        languages TEXT NOT NULL DEFAULT '',     -- ",en,nl,"
        outcome TEXT NOT NULL DEFAULT '',       -- core.planning.preview.PreviewOutcome
        message TEXT NOT NULL DEFAULT '',
        message_parts TEXT NOT NULL DEFAULT '', -- JSON: core.text.sentence
        template TEXT NOT NULL DEFAULT '',
        expected REAL,                          -- bytes, where the picture is copied
        spread REAL NOT NULL DEFAULT 0,         -- bytes, as is the next
        error REAL NOT NULL DEFAULT 0,
        health TEXT NOT NULL DEFAULT '',        -- core.library.film.FilmHealth
        damage TEXT NOT NULL DEFAULT '',        -- JSON: seconds
        health_message TEXT NOT NULL DEFAULT '',
        health_parts TEXT NOT NULL DEFAULT '',
        UNIQUE (directory_id, name)
    )
    """,
    "CREATE INDEX library_paths ON library_films (path)",
    "CREATE INDEX library_looks ON library_films (folder_id, rules, id)",
    "CREATE INDEX library_health ON library_films (health, id)",
    # What the user wished of it, and which state of the seen files it follows.
    "CREATE TABLE library_wish (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "ALTER TABLE jobs ADD COLUMN film_time REAL",  # when the film was last changed
    "ALTER TABLE jobs ADD COLUMN expected_saving INTEGER",
    "ALTER TABLE jobs ADD COLUMN placed BOOLEAN NOT NULL DEFAULT 0",  # by the user
    "CREATE TABLE queue_order (id INTEGER PRIMARY KEY CHECK (id = 1), rule TEXT NOT NULL)",
)

# Finished chunks of films that are encoded piece by piece.
_CHUNKS = (
    """
    CREATE TABLE chunk_sets (                   -- store.chunks
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        made_from TEXT NOT NULL,                -- JSON: what its chunks fit (core.chunks.origin)
        key TEXT NOT NULL,                      -- a hash over it
        content TEXT NOT NULL,                  -- the film's: store.verdicts.fingerprint
        film TEXT NOT NULL,
        job_id INTEGER NOT NULL,                -- that works, or has worked, with it
        folder TEXT NOT NULL,
        plan TEXT NOT NULL,                     -- JSON: core.chunks.chunk.ChunkPlan
        run TEXT NOT NULL,                      -- of the program that works with it; "": none does
        owner_pid INTEGER NOT NULL,
        owner_started REAL NOT NULL,
        used_at TIMESTAMP NOT NULL
    )
    """,
    "CREATE INDEX chunk_sets_key ON chunk_sets (key)",
    """
    CREATE TABLE chunks (
        set_id INTEGER NOT NULL REFERENCES chunk_sets (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,                -- from 0
        file TEXT NOT NULL,                     -- its name in the folder
        size INTEGER NOT NULL,
        seal TEXT NOT NULL,                     -- processing.seal: its content
        film_seconds REAL NOT NULL,
        seconds REAL NOT NULL,                  -- that it took
        machine TEXT NOT NULL,                  -- instance id; "" for this one
        proof TEXT NOT NULL,                    -- JSON: core.chunks.chunk.ChunkProof
        PRIMARY KEY (set_id, number)
    ) WITHOUT ROWID
    """,
    # The share of a job's film that its finished chunks hold (0 to 1).
    "ALTER TABLE jobs ADD COLUMN done_share REAL NOT NULL DEFAULT 0",
)

# How many encoders side by side are quickest (store.encoder_paces).
_ENCODER_PACES = (
    """
    CREATE TABLE encoder_paces (
        machine TEXT NOT NULL,                  -- its name: a data folder may move
        template TEXT NOT NULL,                 -- a hash over its text
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        tool TEXT NOT NULL,
        cores REAL NOT NULL,
        measured TEXT NOT NULL,                 -- JSON: core.chunks.side_by_side.Measured
        PRIMARY KEY (machine, template, width, height)
    ) WITHOUT ROWID
    """,
)

_SPREAD = ("ALTER TABLE jobs ADD COLUMN spread BOOLEAN NOT NULL DEFAULT 0",)

# What is to be told, and where it goes (store.messages).
_MESSAGES = (
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,                     -- core.messages.message.MessageKind
        happened REAL NOT NULL,
        sentence TEXT NOT NULL,
        parts TEXT NOT NULL                     -- JSON: what the sentence was made of
    )
    """,
    """
    CREATE TABLE message_addresses (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        address TEXT NOT NULL,                  -- the vault's reference or sealed value
        kinds TEXT NOT NULL,                    -- what it is told of, with commas between
        enabled BOOLEAN NOT NULL DEFAULT 1,
        told INTEGER NOT NULL DEFAULT 0,        -- the id of the last message that it has
        sent_at REAL,
        last_error TEXT
    )
    """,
)

# How near films that were encoded for a quality came to it: store.figures.
_FILM_SCORES = (
    "ALTER TABLE figures ADD COLUMN scored INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE figures ADD COLUMN score_difference REAL NOT NULL DEFAULT 0",
    "ALTER TABLE figures ADD COLUMN target_met INTEGER NOT NULL DEFAULT 0",
)

# A quality instead of a number: what was measured of films and chosen for them (store.quality_scores).
_QUALITY_SCORES = (
    """
    CREATE TABLE quality_trials (
        content TEXT NOT NULL,                  -- the film's: store.verdicts.fingerprint
        encode TEXT NOT NULL,                   -- core.encoders.quality_number.encode_mark
        tool TEXT NOT NULL,                     -- its name and version
        yardstick TEXT NOT NULL,                -- JSON
        number REAL NOT NULL,
        trial TEXT NOT NULL,                    -- JSON: core.target_quality.quality_json
        measured_at REAL NOT NULL,
        PRIMARY KEY (content, encode, tool, yardstick, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE quality_films (
        content TEXT NOT NULL,
        encode TEXT NOT NULL,
        tool TEXT NOT NULL,
        target REAL NOT NULL,
        encoder TEXT NOT NULL,                  -- its name: libx265
        template TEXT NOT NULL,                 -- core.encoders.quality_number.template_mark
        kind TEXT NOT NULL,                     -- JSON: core.target_quality.known.FilmKind
        quality TEXT NOT NULL,                  -- JSON: core.target_quality.quality_json
        chosen_at REAL NOT NULL,
        PRIMARY KEY (content, encode, tool, target)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX quality_films_encoder ON quality_films (encoder, chosen_at)",
)

# What the library has not taken over yet (store.library): noted with each change of the seen files, so that
# nobody compares a million rows to find one.
_LIBRARY_CHANGES = (
    """
    CREATE TABLE library_changes (
        directory_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (directory_id, name)
    ) WITHOUT ROWID
    """,
    """
    INSERT INTO library_changes SELECT directory_id, name FROM seen_files
    UNION SELECT directory_id, name FROM library_films
    """,
    """
    CREATE TRIGGER seen_file_came AFTER INSERT ON seen_files BEGIN
        INSERT OR IGNORE INTO library_changes VALUES (NEW.directory_id, NEW.name);
    END
    """,
    """
    CREATE TRIGGER seen_file_changed AFTER UPDATE ON seen_files BEGIN
        INSERT OR IGNORE INTO library_changes VALUES (OLD.directory_id, OLD.name);
        INSERT OR IGNORE INTO library_changes VALUES (NEW.directory_id, NEW.name);
    END
    """,
    """
    CREATE TRIGGER seen_file_went AFTER DELETE ON seen_files BEGIN
        INSERT OR IGNORE INTO library_changes VALUES (OLD.directory_id, OLD.name);
    END
    """,
    "DELETE FROM library_wish WHERE name = 'seen'",
    # With the size in it no sum of bytes looks at a million rows.
    "DROP INDEX library_health",
    "CREATE INDEX library_health ON library_films (health, id, size)",
)

# What programs answered, for as long as they are as they were (tools.kept_answers).
_TOOL_ANSWERS = (
    "CREATE TABLE tool_answers (program TEXT PRIMARY KEY, record TEXT NOT NULL)",  # JSON
)

MIGRATIONS: Tuple[Tuple[str, ...], ...] = (
    _SETTINGS + _JOBS + _STATISTICS + _API_KEYS + _VERDICTS + _JOURNAL,
    _METADATA,
    _MONITORING,
    _QUEUE,
    _STATISTICS_FIGURES,
    _NODES,
    _AHEAD,
    _CLUSTER_WORK,
    _SLAVE_WISH,
    _SLAVE_PAUSE,
    _HELD_TIME,
    _KEPT_ORIGINALS,
    _ENCODER_PROOFS,
    _EXCLUSIONS,
    _SENTENCES,
    _LIBRARY,
    _CHUNKS,
    _ENCODER_PACES,
    _SPREAD,
    _MESSAGES,
    _FILM_SCORES,
    _QUALITY_SCORES,
    _LIBRARY_CHANGES,
    _TOOL_ANSWERS,
)

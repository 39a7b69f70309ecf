namespace Holdfast.Keeper.Contract;

/// <summary>What the keeper knows of one terminal; kept in <c>terminal.json</c> of its folder, so that it outlives terminal and keeper.</summary>
public sealed record TerminalRecord
{
    /// <summary>Its name: 1 to 64 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, beginning with a letter or digit. Of those that run no two have the same.</summary>
    public required string Name { get; init; }
    /// <summary>The absolute root folder of the lab that asked for it; null when it was started from a shell.</summary>
    public string? Root { get; init; }
    /// <summary>Its folder: <c>journal/</c>, <c>terminal.json</c>, <c>screen.bin</c>.</summary>
    public required string Folder { get; init; }
    /// <summary>The folder its program was started in.</summary>
    public required string WorkingFolder { get; init; }
    /// <summary>Program and arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }
    /// <summary>Whether somebody named the program; false for a shell.</summary>
    public bool IsCommand { get; init; }
    /// <summary>The process id, null when it has ended.</summary>
    public int? ProcessId { get; init; }
    /// <summary>Rows and columns of the screen.</summary>
    public required TerminalSize Size { get; init; }
    /// <summary>When it was started.</summary>
    public required DateTimeOffset Started { get; init; }
    /// <summary>When it last printed something or something was typed.</summary>
    public required DateTimeOffset LastActivity { get; init; }
    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }
    /// <summary>The exit code (128 and the signal's number when one ended it); null while it runs, and when it ended with its keeper.</summary>
    public int? ExitCode { get; init; }
    /// <summary>Grows with every change but <see cref="LastSequence"/> and <see cref="LastActivity"/>.</summary>
    public long Revision { get; init; }
    /// <summary>Number of the last visible record of its journal.</summary>
    public long LastSequence { get; init; }
    /// <summary>What people should know: a full disk that holds it back, why it ended. Null when all is well.</summary>
    public string? Note { get; init; }

    /// <summary>The folder of its journal.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string JournalFolder => Path.Combine(Folder, "journal");

    /// <summary>Whether this can be a terminal's name; it names a folder, too.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }
}

/// <summary>The size of a terminal's screen in characters.</summary>
/// <param name="Rows">Rows, 1 to <see cref="Most"/>.</param>
/// <param name="Columns">Columns, 2 to <see cref="Most"/>.</param>
public readonly record struct TerminalSize(int Rows, int Columns)
{
    /// <summary>More than any screen has: what is asked for beyond it is cut to it.</summary>
    public const int Most = 1000;

    /// <summary>24 rows of 80 columns.</summary>
    public static TerminalSize Default => new(24, 80);

    /// <summary>The nearest size that a terminal can have.</summary>
    public static TerminalSize Of(int rows, int columns) => new(Math.Clamp(rows, 1, Most), Math.Clamp(columns, 2, Most));
}

/// <summary>A request to start a terminal.</summary>
public sealed record TerminalStart
{
    /// <summary>Its name; null for the lowest number that is free. A name that runs already is refused; one that has ended is used again, and its record is kept under another name.</summary>
    public string? Name { get; init; }
    /// <summary>Program and arguments; empty for the user's login shell.</summary>
    public IReadOnlyList<string> Argv { get; init; } = [];
    /// <summary>The environment of the program; TERM, COLORTERM and HOLDFAST_TERMINAL are set besides, and what must not be known there is taken out.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    /// <summary>The folder to run in.</summary>
    public required string WorkingFolder { get; init; }
    /// <summary>The lab's root folder; null from a shell.</summary>
    public string? Root { get; init; }
    /// <summary>The first size of the screen.</summary>
    public TerminalSize Size { get; init; } = TerminalSize.Default;
}

/// <summary>What a terminal's journal records are. What is typed is not recorded: it may be a password, and what a program shows of it is output.</summary>
public static class TerminalRecordKind
{
    /// <summary>Bytes that the terminal's programs wrote.</summary>
    public const byte Output = 1;
    /// <summary>The screen's new size: u16 rows, u16 columns, little-endian.</summary>
    public const byte Resize = 2;
    /// <summary>Something the keeper says about the terminal: a JSON object with <c>event</c> (started, exited, lost) and its particulars.</summary>
    public const byte Event = 3;
}

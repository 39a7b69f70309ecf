namespace Holdfast.Terminals;

/// <summary>What programs switch on and off.</summary>
internal sealed record ScreenModes
{
    public bool Insert { get; init; }

    /// <summary>Whether a line feed returns the carriage, too.</summary>
    public bool NewLine { get; init; }

    public bool ApplicationCursor { get; init; }

    public bool ApplicationKeypad { get; init; }

    /// <summary>Whether the cursor's rows are counted in the scroll region.</summary>
    public bool Origin { get; init; }

    public bool Wrap { get; init; } = true;

    public bool ReverseWrap { get; init; }

    public bool HiddenCursor { get; init; }

    public bool Focus { get; init; }

    public bool BracketedPaste { get; init; }

    /// <summary>The number of the mode that reports the mouse: 9, 1000, 1002, 1003; 0 for none.</summary>
    public int Mouse { get; init; }

    /// <summary>The number of the mode by which the mouse's reports are written: 1006, 1016; 0 for the old way.</summary>
    public int MouseEncoding { get; init; }

    /// <summary>The parameter of DECSCUSR, 0 for the page's own choice.</summary>
    public int CursorShape { get; init; }
}

namespace Holdfast.Terminals;

/// <summary>A set of characters that a program can choose for ASCII's places (ISO 2022).</summary>
internal enum Charset
{
    Ascii,
    /// <summary>DEC special graphics: lines and corners.</summary>
    Lines,
    British,
}

/// <summary>What the characters of a set are.</summary>
internal static class Charsets
{
    private const string Graphics = "◆▒\u2409\u240c\u240d\u240a°±\u2424\u240b┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";

    /// <summary>The set that a designating sequence ends with this letter for.</summary>
    public static Charset Of(char final) => final switch { '0' => Charset.Lines, 'A' => Charset.British, _ => Charset.Ascii };

    public static char Letter(Charset set) => set switch { Charset.Lines => '0', Charset.British => 'A', _ => 'B' };

    public static int Translate(Charset set, int rune) => set switch
    {
        Charset.Lines when rune is >= '`' and <= '~' => Graphics[rune - '`'],
        Charset.British when rune == '#' => '£',
        _ => rune,
    };

    /// <summary>What must be sent for a character while the set is chosen.</summary>
    public static int Back(Charset set, int rune) => set switch
    {
        Charset.Lines when Graphics.IndexOf((char)rune, StringComparison.Ordinal) is >= 0 and var index && rune < 0x10000 => '`' + index,
        Charset.British when rune == '£' => '#',
        _ => rune,
    };
}

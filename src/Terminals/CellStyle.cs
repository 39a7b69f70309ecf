namespace Holdfast.Terminals;

/// <summary>How a character looks. A colour is 0 for the default, else its kind in the highest byte (1 palette, 2 RGB) and its value.</summary>
internal readonly record struct CellStyle(uint Foreground, uint Background, CellEffects Effects)
{
    public const uint Palette = 1u << 24, Rgb = 2u << 24;

    /// <summary>What is left by erasing with this style: only its background.</summary>
    public CellStyle Erased() => new(0, Background, CellEffects.None);
}

/// <summary>Bold and its like (ECMA-48 SGR). The underline is one of six, in three bits.</summary>
[Flags]
internal enum CellEffects : ushort
{
    None = 0,
    Bold = 1,
    Dim = 2,
    Italic = 4,
    Blink = 8,
    Inverse = 16,
    Invisible = 32,
    Strike = 64,
    Overline = 128,
    /// <summary>The bits of the underline: 1 single, 2 double, 3 curly, 4 dotted, 5 dashed.</summary>
    UnderlineMask = 0x700,
}

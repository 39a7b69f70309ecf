namespace Holdfast.Terminals;

/// <summary>Select graphic rendition (SGR): from its numbers to a style, and back.</summary>
internal static class StyleSequence
{
    private const int UnderlineShift = 8;

    /// <summary>The style after a sequence with these numbers.</summary>
    public static CellStyle Apply(CellStyle style, VtParameters p)
    {
        for (var i = 0; i < p.Count; i++)
        {
            // What belongs to a number before it has been taken with it.
            if (p.Belongs(i)) continue;
            style = p[i] switch
            {
                0 => default,
                1 => With(style, CellEffects.Bold),
                2 => With(style, CellEffects.Dim),
                3 => With(style, CellEffects.Italic),
                4 => Underlined(style, p.Belongs(i + 1) ? p[i + 1] : 1),
                5 => With(style, CellEffects.Blink),
                7 => With(style, CellEffects.Inverse),
                8 => With(style, CellEffects.Invisible),
                9 => With(style, CellEffects.Strike),
                21 => Underlined(style, 2),
                22 => Without(style, CellEffects.Bold | CellEffects.Dim),
                23 => Without(style, CellEffects.Italic),
                24 => Underlined(style, 0),
                25 => Without(style, CellEffects.Blink),
                27 => Without(style, CellEffects.Inverse),
                28 => Without(style, CellEffects.Invisible),
                29 => Without(style, CellEffects.Strike),
                >= 30 and <= 37 => style with { Foreground = CellStyle.Palette | (uint)(p[i] - 30) },
                >= 40 and <= 47 => style with { Background = CellStyle.Palette | (uint)(p[i] - 40) },
                >= 90 and <= 97 => style with { Foreground = CellStyle.Palette | (uint)(p[i] - 82) },
                >= 100 and <= 107 => style with { Background = CellStyle.Palette | (uint)(p[i] - 92) },
                39 => style with { Foreground = 0 },
                49 => style with { Background = 0 },
                38 => style with { Foreground = Colour(p, ref i) ?? style.Foreground },
                48 => style with { Background = Colour(p, ref i) ?? style.Background },
                // The underline's own colour is not kept, but its numbers are passed over.
                58 => Passed(style, p, ref i),
                53 => With(style, CellEffects.Overline),
                55 => Without(style, CellEffects.Overline),
                _ => style,
            };
        }

        return style;
    }

    /// <summary>The numbers that make a style of the default one, each with a semicolon before it.</summary>
    public static string Numbers(CellStyle style)
    {
        var text = "";
        if (style.Effects.HasFlag(CellEffects.Bold)) text += ";1";
        if (style.Effects.HasFlag(CellEffects.Dim)) text += ";2";
        if (style.Effects.HasFlag(CellEffects.Italic)) text += ";3";
        if (((int)(style.Effects & CellEffects.UnderlineMask) >> UnderlineShift) is > 0 and var underline) text += underline == 1 ? ";4" : $";4:{underline}";
        if (style.Effects.HasFlag(CellEffects.Blink)) text += ";5";
        if (style.Effects.HasFlag(CellEffects.Inverse)) text += ";7";
        if (style.Effects.HasFlag(CellEffects.Invisible)) text += ";8";
        if (style.Effects.HasFlag(CellEffects.Strike)) text += ";9";
        if (style.Effects.HasFlag(CellEffects.Overline)) text += ";53";
        return text + Number(style.Foreground, 30) + Number(style.Background, 40);
    }

    private static string Number(uint colour, int first)
    {
        var value = colour & 0xFFFFFF;
        return (colour >> 24) switch
        {
            0 => "",
            1 when value < 8 => $";{first + value}",
            1 when value < 16 => $";{first + 52 + value}",
            1 => $";{first + 8};5;{value}",
            _ => $";{first + 8};2;{value >> 16};{(value >> 8) & 0xFF};{value & 0xFF}",
        };
    }

    private static CellStyle With(CellStyle style, CellEffects effects) => style with { Effects = style.Effects | effects };

    private static CellStyle Without(CellStyle style, CellEffects effects) => style with { Effects = style.Effects & ~effects };

    private static CellStyle Underlined(CellStyle style, int kind) =>
        style with { Effects = (style.Effects & ~CellEffects.UnderlineMask) | (CellEffects)((kind is < 0 or > 5 ? 1 : kind) << UnderlineShift) };

    private static CellStyle Passed(CellStyle style, VtParameters p, ref int i)
    {
        Colour(p, ref i);
        return style;
    }

    /// <summary>The colour behind 38 or 48, with semicolons (<c>;2;r;g;b</c>, <c>;5;n</c>) or colons, where RGB has one more place in between.</summary>
    private static uint? Colour(VtParameters p, ref int i)
    {
        if (p.Belongs(i + 1))
        {
            var count = 0;
            while (p.Belongs(i + 1 + count)) count++;
            var skip = count >= 5 ? 1 : 0;
            var colour = p[i + 1] == 2 && count >= 4 ? Rgb(p[i + 2 + skip], p[i + 3 + skip], p[i + 4 + skip]) : p[i + 1] == 5 && count >= 2 ? Palette(p[i + 2]) : null;
            i += count;
            return colour;
        }

        switch (p[i + 1])
        {
            case 2:
                i += 4;
                return Rgb(p[i - 2], p[i - 1], p[i]);
            case 5:
                i += 2;
                return Palette(p[i]);
            default:
                return null;
        }
    }

    private static uint? Palette(int index) => CellStyle.Palette | (uint)(index & 0xFF);

    private static uint? Rgb(int red, int green, int blue) => CellStyle.Rgb | (uint)((red & 0xFF) << 16 | (green & 0xFF) << 8 | (blue & 0xFF));
}

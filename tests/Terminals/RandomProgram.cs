using System.Globalization;
using System.Text;

namespace Holdfast.Terminals.Tests;

/// <summary>What a program might print: text and sequences at random, the same for the same seed.</summary>
internal sealed class RandomProgram(int seed, int rows, int columns, bool plain = false)
{
    private static readonly string[] Words = ["tide", "holdfast ", "x", "  ", "loss=0.125 ", "日本語", "é", "e\u0301", "한글", "│─┘", "🙂", "q", "ﬁ", "naïve ", "\u200b"];
    private static readonly int[] PrivateModes = [1, 6, 25, 45, 66, 1000, 1002, 1003, 1004, 1006, 2004];
    private readonly Random _random = new(seed);

    public byte[] Next(int pieces)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pieces; i++) text.Append(Piece());
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Cuts bytes into pieces of any length, also in the middle of characters and sequences.</summary>
    public IEnumerable<byte[]> Cut(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, _random.Next(1, 40));
            yield return bytes[at..(at + length)];
            at += length;
        }
    }

    public int Below(int limit) => _random.Next(limit);

    private string Piece() => _random.Next(plain ? 24 : 34) switch
    {
        < 6 => Words[_random.Next(Words.Length)],
        6 => new string((char)('a' + _random.Next(26)), _random.Next(1, columns + 5)),
        7 => "\r\n",
        8 => "\n",
        9 => "\r",
        10 => "\b",
        11 => "\t",
        12 => $"\e[{Number(rows)};{Number(columns)}H",
        13 => $"\e[{Style()}m",
        14 => $"\e[{Style()};{Style()}m",
        15 => $"\e[{Number(6)}{"ABCDEFG"[_random.Next(7)]}",
        16 => $"\e[{_random.Next(3)}K",
        17 => $"\e[{_random.Next(3)}J",
        18 => $"\e[{Number(4)}{"@PX"[_random.Next(3)]}",
        19 => $"\e[{Number(3)}{"LMST"[_random.Next(4)]}",
        20 => "\e[m",
        21 => $"\e[{Number(rows)};{Number(rows)}r",
        22 => $"\e{"DEM"[_random.Next(3)]}",
        23 => $"\e[{Number(4)}b",
        24 => $"\e{"78"[_random.Next(2)]}",
        25 => $"\e[?{PrivateModes[_random.Next(PrivateModes.Length)]}{"hl"[_random.Next(2)]}",
        26 => $"\e[?{((int[])[47, 1047, 1049])[_random.Next(3)]}{"hl"[_random.Next(2)]}",
        27 => $"\e[4{"hl"[_random.Next(2)]}",
        28 => $"\e{"()"[_random.Next(2)]}{"0BA"[_random.Next(3)]}",
        29 => ((string[])["\x0E", "\x0F"])[_random.Next(2)],
        30 => $"\e]{_random.Next(3)};title {_random.Next(9)}{((string[])["\a", "\e\\"])[_random.Next(2)]}",
        31 => ((string[])["\eH", "\e[g", "\e[3g", "\e[I", "\e[Z", "\e=", "\e>", "\e[4 q", "\eP1$qm\e\\", "\e_x\e\\"])[_random.Next(10)],
        32 => ((string[])["\e#8", "\e[!p", "\e[3J", "\ec", "\e[20h", "\e[20l"])[_random.Next(6)],
        _ => $"\e[{Number(rows)}{"de`a"[_random.Next(4)]}",
    };

    private string Number(int limit) => _random.Next(5) == 0 ? "" : _random.Next(limit + 2).ToString(CultureInfo.InvariantCulture);

    private string Style() => _random.Next(5) switch
    {
        0 => $"{30 + _random.Next(8)}",
        1 => $"{40 + _random.Next(8)}",
        2 => $"38;5;{_random.Next(256)}",
        3 => $"48;2;{_random.Next(256)};{_random.Next(256)};{_random.Next(256)}",
        _ => ((string[])["0", "1", "2", "3", "4", "7", "9", "22", "24", "27", "39", "49", "97", "103", "4:3", "53"])[_random.Next(16)],
    };
}

using System.Buffers;
using System.Text;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Notebooks.Tests.Folding;

/// <summary>The text of streams, against a plain reading of what JupyterLab's output area does.</summary>
public sealed class StreamTextTests
{
    [Theory]
    [InlineData("a\nb", "a\nb")]
    [InlineData(" 10%\r 20%\r100%\n", "100%\n")]
    [InlineData("abcdef\rxy", "xycdef")]
    [InlineData("abcdef\rxy\nz", "xycdef\nz")]
    [InlineData("ab\bc", "ac")]
    [InlineData("a\n\bb", "a\nb")]
    [InlineData("\r\r\b", "")]
    [InlineData("grün\rG", "Grün")]
    public void Append_Controls_DoWhatTheyDoOnThePage(string printed, string shown) => Assert.Equal(shown, Fold([printed]));

    [Fact]
    public void Append_RandomTextInRandomPieces_IsWhatThePageShows()
    {
        const string Letters = "abcä█\n\r\b\r\n😀";
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var pieces = Enumerable.Range(0, random.Next(1, 12))
                .Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 9)).Select(_ => Piece(Letters, random)))).ToList();

            Assert.Equal(Shown(string.Concat(pieces)), Fold(pieces));
        }
    }

    [Fact]
    public void Resume_AtAnyPlace_GoesOnAsIfNothingHadBeen()
    {
        const string Printed = "one\ntwo\r2\nprogress 10%\rprogress 20%";
        for (var cut = 0; cut <= Printed.Length; cut++)
        {
            var first = new ArrayBufferWriter<byte>();
            var before = new StreamText(first);
            before.Append(Encoding.UTF8.GetBytes(Printed[..cut]));
            var after = StreamText.Resume(before.Line, before.Cursor, first.WrittenCount);
            after.Append(Encoding.UTF8.GetBytes(Printed[cut..]));

            Assert.Equal(Encoding.UTF8.GetByteCount(Shown(Printed)), after.Bytes);
        }
    }

    [Fact]
    public void Append_LineWithoutEnd_KeepsAllOfItAndLittleInMemory()
    {
        var settled = new ArrayBufferWriter<byte>();
        var text = new StreamText(settled);
        for (var piece = 0; piece < 5; piece++)
            text.Append(Encoding.UTF8.GetBytes(new string((char)('a' + piece), StreamText.LongestLine / 2)));

        Assert.True(text.Line.Length <= StreamText.LongestLine);
        Assert.Equal(5L * StreamText.LongestLine / 2, text.Bytes);
        text.Finish();
        Assert.Equal(5 * StreamText.LongestLine / 2, settled.WrittenCount);
    }

    private static string Piece(string letters, Random random)
    {
        var at = random.Next(letters.Length);
        return char.IsSurrogate(letters[at]) ? "😀" : letters[at].ToString();
    }

    private static string Fold(IEnumerable<string> pieces)
    {
        var settled = new ArrayBufferWriter<byte>();
        var text = new StreamText(settled);
        foreach (var piece in pieces)
            text.Append(Encoding.UTF8.GetBytes(piece));
        var bytes = text.Bytes;
        text.Finish();
        Assert.Equal(bytes, settled.WrittenCount);
        return Encoding.UTF8.GetString(settled.WrittenSpan);
    }

    /// <summary>Character by character on one string that is kept whole. Half a surrogate pair comes out as the mark for what is no text, as in a file.</summary>
    private static string Shown(string printed)
    {
        var (text, at) = ("", 0);
        foreach (var letter in printed)
        {
            switch (letter)
            {
                case '\b':
                    if (at > 0 && text[at - 1] != '\n')
                    {
                        text = text[..(at - 1)] + text[Math.Min(at + 1, text.Length)..];
                        at--;
                    }
                    break;
                case '\r':
                    while (at > 0 && text[at - 1] != '\n')
                        at--;
                    break;
                case '\n':
                    text += '\n';
                    at = text.Length;
                    break;
                default:
                    text = text[..at] + letter + text[Math.Min(at + 1, text.Length)..];
                    at++;
                    break;
            }
        }
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }
}

using System.Text;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests;

public class FaultTests
{
    private const string Whole = """{"cells":[{"cell_type":"code","source":["a\u00e9\n"],"outputs":[],"n":-1.5e3,"metadata":{"t":true}}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";

    [Fact]
    public void Parse_EveryTruncation_IsAFault()
    {
        var bytes = Encoding.UTF8.GetBytes(Whole);
        Assert.NotNull(NotebookDocument.Parse(bytes).Document);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(NotebookDocument.Parse(bytes.AsMemory(0, length)).TryGet(out _, out var fault));
            Assert.InRange(fault.ByteOffset, 0, length);
        }
    }

    [Fact]
    public void EverythingElse_AfterRandomDamage_NeverThrows()
    {
        var random = new Random(7);
        var read = 0;
        foreach (var file in Samples.Generated(140))
        {
            for (var damage = 0; damage < 40; damage++)
            {
                var damaged = (byte[])file.Clone();
                for (var flip = random.Next(1, 3); flip > 0; flip--)
                    damaged[random.Next(damaged.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:\\0n"[random.Next(10)];
                if (!NotebookDocument.Parse(damaged).TryGet(out var document, out _))
                    continue;
                Assert.True(damaged.AsSpan().SequenceEqual(document.ToBytes()));
                Assert.True(damaged.AsSpan().SequenceEqual(Samples.Updated(document, Samples.Model(document)).ToBytes()));
                Assert.Equal(32, document.SourceHash().Length);
                NotebookDocument.FromJupyterModel(damaged);
                document.Update(file);
                read++;
            }
        }
        Assert.True(read > 500);
    }

    [Theory]
    [InlineData("", 1, 1, "ends")]
    [InlineData("[]", 1, 1, "not an object")]
    [InlineData("{}", 1, 1, "no nbformat")]
    [InlineData("{\"nbformat\": 5, \"cells\": []}", 1, 14, "not a version")]
    [InlineData("{\"nbformat\": 4}", 1, 1, "no cells")]
    [InlineData("{\"nbformat\": 4,\n \"cells\": [1]}", 2, 12, "a cell is not an object")]
    [InlineData("{\n \"é\": tru }", 2, 7, "value is missing")]
    [InlineData("{\"a\": 1,}", 1, 9, "key in double quotes")]
    [InlineData("{\"a\" 1}", 1, 6, "colon")]
    [InlineData("{\"a\": [1 2]}", 1, 10, "comma or ]")]
    [InlineData("{\"a\": \"x\ny\"}", 1, 9, "line break")]
    [InlineData("{\"a\": \"\\x\"}", 1, 8, "backslash")]
    [InlineData("{\"a\": 1.}", 1, 9, "after its point")]
    [InlineData("{\"nbformat\":4,\"cells\":[]} x", 1, 27, "after the end")]
    [InlineData("{\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n}", 2, 1, "merge conflict")]
    public void Parse_NotANotebook_NamesPlaceAndReason(string text, int line, int column, string reason)
    {
        Assert.False(NotebookDocument.Parse(Encoding.UTF8.GetBytes(text)).TryGet(out _, out var fault));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (fault.Line, fault.Column));
    }

    [Fact]
    public void Parse_BytesThatAreNotUtf8_NamesTheFirst()
    {
        byte[] bytes = [.. "{\"é\": \""u8, 0xC3, .. "\"}"u8];
        Assert.False(NotebookDocument.Parse(bytes).TryGet(out _, out var fault));
        Assert.Equal(8, fault.ByteOffset);
        Assert.Contains("UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NestedTooDeep_IsAFault()
    {
        var deep = Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 1_000_000));
        Assert.False(NotebookDocument.Parse(deep).TryGet(out _, out var fault));
        Assert.Contains("512", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryOperation_AtTheDeepestNesting_Works()
    {
        var deep = new string('[', 508) + new string(']', 508);
        var document = Samples.Read($$$"""{"cells":[],"metadata":{"deep":{{{deep}}}},"nbformat":4,"nbformat_minor":4}""");
        var model = Encoding.UTF8.GetString(Samples.Model(document)).Replace("[]]]", "[1]]]", StringComparison.Ordinal);
        var updated = Samples.Updated(document, Encoding.UTF8.GetBytes(model));
        Assert.Contains("[1]]]", Encoding.UTF8.GetString(updated.ToBytes()), StringComparison.Ordinal);
        Assert.NotNull(NotebookDocument.FromJupyterModel(updated.ToBytes()).Document);
    }

    [Fact]
    public void Update_WithContentThatIsNoNotebook_IsAFault()
    {
        Assert.NotNull(Samples.Read(Whole).Update("{}"u8.ToArray()).Fault);
        Assert.NotNull(NotebookDocument.FromJupyterModel("nothing"u8.ToArray()).Fault);
    }
}

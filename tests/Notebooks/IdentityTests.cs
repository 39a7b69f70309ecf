using System.Buffers;
using System.Text;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests;

public class IdentityTests
{
    [Fact]
    public void WriteTo_UntouchedGenerated_GivesTheSameBytes()
    {
        foreach (var file in Samples.Generated(700))
        {
            var writer = new ArrayBufferWriter<byte>();
            Samples.Read(file).WriteTo(writer);
            Assert.True(writer.WrittenSpan.SequenceEqual(file));
        }
    }

    [Fact]
    public void Update_WithItsOwnModel_GivesTheSameBytes()
    {
        var number = 0;
        foreach (var file in Samples.Generated(700))
        {
            var document = Samples.Read(file);
            var updated = Samples.Updated(document, Samples.Model(document));
            Assert.True(file.AsSpan().SequenceEqual(updated.ToBytes()), $"seed {number}: {Encoding.UTF8.GetString(file)}");
            number++;
        }
    }

    [Fact]
    public void Edit_WithNoChange_GivesTheSameBytes()
    {
        foreach (var file in Samples.Generated(300, major: 4))
            Assert.True(file.AsSpan().SequenceEqual(Samples.Read(file).Edit().ToDocument().ToBytes()));
    }

    [Fact]
    public void Update_WithItsOwnModel_KeepsFilesOfThisMachine()
    {
        var tried = 0;
        foreach (var path in Samples.Files())
        {
            var file = File.ReadAllBytes(path);
            if (!NotebookDocument.Parse(file).TryGet(out var document, out _))
                continue;
            Assert.True(file.AsSpan().SequenceEqual(document.ToBytes()), path);
            Assert.True(file.AsSpan().SequenceEqual(Samples.Updated(document, Samples.Model(document)).ToBytes()), path);
            tried++;
        }
        Assert.True(tried > 0, "No notebooks in testdata.");
    }
}

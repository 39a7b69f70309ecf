using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Holdfast.Cli.Notebooks;

/// <summary>Contents that git keeps, from one process (git cat-file --batch).</summary>
internal sealed class GitBlobs : IDisposable
{
    private readonly Process _git;
    private readonly BufferedStream _answers;

    /// <exception cref="IOException">There is no git.</exception>
    public GitBlobs()
    {
        _git = GitCommand.Start(new ProcessStartInfo("git", ["cat-file", "--batch"]) { RedirectStandardInput = true, RedirectStandardOutput = true });
        _answers = new BufferedStream(_git.StandardOutput.BaseStream, 1 << 16);
    }

    /// <summary>What is staged under a path; null when nothing is.</summary>
    public byte[]? Staged(string path)
    {
        _git.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes($":{path}\n"));
        _git.StandardInput.BaseStream.Flush();
        var head = new List<byte>();
        for (int next; (next = _answers.ReadByte()) is not (-1 or '\n');) head.Add((byte)next);
        // "<object> blob <size>", or "<name> missing".
        if (Encoding.UTF8.GetString([.. head]).Split(' ') is not [.., "blob", var size]) return null;
        var content = new byte[int.Parse(size, CultureInfo.InvariantCulture)];
        _answers.ReadExactly(content);
        _answers.ReadByte();
        return content;
    }

    public void Dispose()
    {
        _git.StandardInput.Close();
        _git.WaitForExit();
        _git.Dispose();
    }
}

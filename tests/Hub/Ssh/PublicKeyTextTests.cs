using System.Diagnostics;
using Holdfast.Hub.Ssh;

namespace Holdfast.Hub.Tests.Ssh;

/// <summary>Public keys as ssh-keygen writes them, and what people paste instead.</summary>
public sealed class PublicKeyTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-key-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("ssh-ed25519", "-t", "ed25519")]
    [InlineData("ssh-rsa", "-t", "rsa", "-b", "2048")]
    [InlineData("ecdsa-sha2-nistp256", "-t", "ecdsa")]
    [InlineData("ecdsa-sha2-nistp521", "-t", "ecdsa", "-b", "521")]
    public void Read_KeyOfSshKeygen_HasItsFingerprint(string type, params string[] arguments)
    {
        var file = Make(arguments);

        var key = PublicKeyText.Read($"\n{File.ReadAllText($"{file}.pub")}\n");

        Assert.Equal((type, "ada lovelace"), (key.Value!.Type, key.Value.Comment));
        Assert.Equal(Run("-l", "-f", $"{file}.pub").Split(' ')[1], key.Value.Fingerprint);
    }

    [Fact]
    public void Read_WhatIsNoKey_IsToldWhatItIs()
    {
        var file = Make("-t", "ed25519");
        var (line, small) = (File.ReadAllText($"{file}.pub").Trim(), File.ReadAllText($"{Make("-t", "rsa", "-b", "1024")}.pub"));

        foreach (var (text, said) in ((string, string)[])[
            ("", "There is no key; mend: the line of a file whose name ends in .pub"),
            (File.ReadAllText(file), "That is a private key"),
            ($"{line}\n{line}", "That is more than one key"),
            ($"restrict {line}", "Before the type of the key stands something else"),
            ("hello there", "'hello' is no type of key that is taken here"),
            ("ssh-dss AAAAB3NzaC1kc3M=", "'ssh-dss' is no type of key"),
            ("ssh-ed25519", "What follows ssh-ed25519 is no base64"),
            (line[..40], "no "),
            ($"ssh-rsa {line.Split(' ')[1]}", "The key is no whole ssh-rsa key"),
            ($"ssh-ed25519 {line.Split(' ')[1][..^8]}", "The key is no whole ssh-ed25519 key"),
            (small, "The key has 1024 bits, and sshd takes RSA keys from 2048; mend: ssh-keygen -t ed25519."),
            ($"{line}\u0007", "There are control characters in the key")])
        {
            var read = PublicKeyText.Read(text);
            Assert.Equal("bad-request", read.Fault?.Code);
            Assert.Contains(said, read.Fault!.Message, StringComparison.Ordinal);
        }
    }

    private string Make(params string[] arguments)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        Run(["-q", "-N", "", "-C", "ada lovelace", "-f", file, .. arguments]);
        return file;
    }

    private static string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ssh-keygen", arguments) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said;
    }
}

using Holdfast.Hub.Mosh;
using Holdfast.Hub.Ssh;

namespace Holdfast.Hub.Api.Contract;

/// <summary>What a program of this computer needs for ssh.</summary>
/// <param name="User">The user name to log in with.</param>
/// <param name="Suffix">What follows a machine's name to make a host name: <c>.holdfast</c>.</param>
/// <param name="Authority">The key that has signed the host keys of all machines, as a line of <c>known_hosts</c> has it.</param>
/// <param name="Gateway">Port of the gateway for computers without this program; null where it is off.</param>
/// <param name="Mosh">The UDP ports for mosh; null where it is off.</param>
public sealed record SshView(string User, string Suffix, string Authority, int? Gateway, MoshRange? Mosh = null);

/// <summary>A mosh-server that is to be reached from outside.</summary>
/// <param name="Port">Its UDP port, on loopback inside.</param>
/// <param name="Key">The fingerprint of the ssh key that has started it, with which this ends; null for any of the caller's.</param>
public sealed record MoshRequest(int Port, string? Key = null);

/// <summary>How a mosh-server is reached from outside.</summary>
/// <param name="Port">The hub's UDP port.</param>
public sealed record MoshView(int Port);

/// <summary>A key for ssh.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Name">What its person calls it.</param>
/// <param name="Type">As <c>ssh-ed25519</c>.</param>
/// <param name="Fingerprint">As <c>ssh-keygen -l</c> says it.</param>
/// <param name="Created">When it was added.</param>
/// <param name="Seen">When somebody last came in with it; null for never.</param>
public sealed record SshKeyView(string Id, string Name, string Type, string Fingerprint, DateTimeOffset Created, DateTimeOffset? Seen)
{
    internal static SshKeyView Of(SshKey key) => new(key.Id, key.Name, key.Type, key.Fingerprint, key.Created, key.Seen);
}

/// <summary>A key that is to be added.</summary>
/// <param name="Key">The line of a <c>.pub</c> file.</param>
/// <param name="Name">What its person calls it; null for its comment.</param>
public sealed record SshKeyRequest(string Key, string? Name = null);

/// <summary>A key for the caller's home.</summary>
/// <param name="Name">Of its file in <c>~/.ssh</c>.</param>
/// <param name="Key">The private key; null to make one.</param>
public sealed record HomeKeyRequest(string Name = "id_ed25519", string? Key = null);

/// <summary>Where keys of the caller's home are tried.</summary>
/// <param name="Host">As <c>git@github.com</c>.</param>
public sealed record HomeKeyTestRequest(string Host);

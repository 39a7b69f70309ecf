using Holdfast.Hub.Images;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.Images;

public sealed class ImageNameTests
{
    private const string Digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123";

    [Theory]
    [InlineData("leaves", "", "leaves", null)]
    [InlineData("leaves:v1", "", "leaves", "v1")]
    [InlineData("team/leaves:1", "", "team/leaves", "1")]
    [InlineData("localhost/holdfast/first:3", "localhost", "holdfast/first", "3")]
    [InlineData("127.0.0.1:5000/team/leaves", "127.0.0.1:5000", "team/leaves", null)]
    [InlineData("registry.example.org/a/b__c.d-e:x.Y_z", "registry.example.org", "a/b__c.d-e", "x.Y_z")]
    [InlineData("docker.io/library/debian:12@" + Digest, "docker.io", "library/debian", "12")]
    public void Name_OfTheSpecification_HasItsParts(string text, string registry, string repository, string? tag)
    {
        var name = ImageName.Parse(text)!;

        Assert.Equal((registry, repository, tag), (name.Registry, name.Repository, name.Tag));
        Assert.Equal(text, $"{name}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Leaves")]
    [InlineData("leaves:")]
    [InlineData("leaves/")]
    [InlineData("a//b")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a/../b")]
    [InlineData("registry.example.org/Team/leaves")]
    [InlineData("http://registry.example.org/a")]
    [InlineData("a@sha256:12")]
    public void Name_ThatIsNone_IsNone(string text) => Assert.Null(ImageName.Parse(text));

    [Theory]
    [InlineData("leaves", "localhost/people/bob/leaves")]
    [InlineData("localhost/people/bob/leaves:1", "localhost/people/bob/leaves:1")]
    [InlineData("localhost/people/ada/leaves", null)]
    [InlineData("localhost/holdfast/first", null)]
    [InlineData("docker.io/library/debian:12", null)]
    [InlineData("team/leaves", null)]
    [InlineData("localhost/people/bob/../ada/x", null)]
    public void NameFor_WhatAMemberBuilds_IsInTheirsOnly(string text, string? name) => Assert.Equal(name, HubImages.NameFor(new Caller("bob", IsAdmin: false), text).Value?.ToString());

    [Theory]
    [InlineData("docker.io/library/debian:12", "docker.io/library/debian:12")]
    [InlineData("leaves:v1", "localhost/people/ada/leaves:v1")]
    public void NameFor_WhatAnAdministratorBuilds_IsAny(string text, string name) => Assert.Equal(name, HubImages.NameFor(new Caller("ada", IsAdmin: true), text).Value?.ToString());
}

use v5.36;
use Mojo::JSON qw(encode_json);
my $url = $ARGV[0];

use OpenAPI::Client;

my $causerie = OpenAPI::Client->new("$url/openapi.json", base_url => $url);

my %account = (name => "Jean", email => 'jean@example.com', password => "motdepasse123");
my $me = $causerie->call("auth-register", {}, json => \%account)->res->json;

my %login  = (email => $account{email}, password => $account{password});
my $tokens = $causerie->call("auth-login", {}, json => \%login)->res->json;
$causerie->ua->on(start => sub ($ua, $tx) {
  $tx->req->headers->authorization("Bearer $tokens->{access_token}");
});

sub send_message ($content) {
  my %message = (receiver_id => $me->{id}, content => $content);
  return $causerie->call("messages-send", {"Idempotency-Key" => "note-1"}, json => \%message);
}
my $first = send_message("Bonjour");
my $again = send_message("Bonjour");

my $messages = $causerie->call("messages-conversation", {user_id => $me->{id}, limit => 10})->res->json;

my $refused = send_message("   ");
my $problem = $refused->res->json;
say STDERR $problem->{code}, map {" $_->{msg}"} $problem->{errors}->@*;

# What the class refuses by itself, from the document: nothing of it is sent.
my $unsent = $causerie->call("messages-conversation", {user_id => "nobody"});

# What is wrong with an answer, by what the document says of this status.
sub faults ($status, $body, $type) {
  my $answer = sub { return {exists => 1, value => $body, content_type => $type} };
  return [map {"$_"} $causerie->validator->validate_response([POST => "/messages/", $status], {body => $answer})];
}
sub faults_of ($res) { return faults($res->code, $res->json, $res->headers->content_type) }

my sub message ($message) { return {content => $message->{content}, sender_id => $message->{sender_id}} }
say encode_json {
  me       => $me->{id},
  first    => {status => 0 + $first->res->code, id => $first->res->json->{id}},
  again    => {status => 0 + $again->res->code, map { $_ => $again->res->json->{$_} } qw(id duplicate)},
  messages => [map { message($_) } @$messages],
  refusal  => {
    status => 0 + $refused->res->code,
    code   => $problem->{code},
    fields => [map { $_->{loc} } $problem->{errors}->@*],
  },
  unsent => [map { $_->{path} } $unsent->res->json->{errors}->@*],
  faults => [map { faults_of($_->res) } $first, $again, $refused],
  misfit => faults(201, $problem, "application/json"),
};
